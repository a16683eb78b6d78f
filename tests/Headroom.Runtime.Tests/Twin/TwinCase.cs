using Headroom.Graph;
using Headroom.Runtime.LibTorch;

namespace Headroom.Runtime.Tests.Twin;

/// <summary>An operator that libtorch has as well.</summary>
/// <param name="Name">The operator's class, then what is special.</param>
/// <param name="Inputs">Random inputs; those of floating type are differentiated unless the feed says otherwise.</param>
/// <param name="Ours">The operator in a graph.</param>
/// <param name="Theirs">The same in calls that autograd records.</param>
internal sealed record TwinCase(string Name, Func<Draw, Feed[]> Inputs, Func<TypedBuilder, Value[], Value> Ours, Func<Tape, Tensor[], Tensor> Theirs)
{
    /// <summary>Relative to the larger of 1 and the number. More than rounding only where ONNX keeps a parameter in fp32 and libtorch in fp64.</summary>
    public double Tolerance { get; init; } = 1e-10;
}

/// <summary>The cases of a family of operators, found by reflection.</summary>
internal abstract class TwinFamily
{
    public abstract IEnumerable<TwinCase> All { get; }
}

/// <summary>Random shapes and numbers from one seed.</summary>
internal sealed class Draw(int seed)
{
    private readonly Random _random = new(seed);

    public int Int(int low, int high) => _random.Next(low, high + 1);

    public bool Coin() => _random.Next(2) == 0;

    public double Number(double low, double high) => low + _random.NextDouble() * (high - low);

    /// <summary>Extents of 1 to 5.</summary>
    public long[] Dims(int lowestRank = 0, int highestRank = 4) => [.. Enumerable.Range(0, Int(lowestRank, highestRank)).Select(_ => (long)Int(1, 5))];

    /// <summary>fp64 in [low, high).</summary>
    public Feed Feed(long[] dims, double low = -2, double high = 2) => Tests.Feed.Random(new TensorType(ElementType.Float64, dims), _random.Next(), low, high);

    /// <summary>fp64 whose elements are at least 0.02 apart, in random order: for choices of the largest.</summary>
    public Feed Distinct(long[] dims)
    {
        int n = (int)new Shape(dims).Elements;
        double[] values = [.. Enumerable.Range(0, n).Select(i => 0.05 * (i - n / 2.0) + 0.001)];
        _random.Shuffle(values);
        return Tests.Feed.Of(new TensorType(ElementType.Float64, dims), values);
    }

    /// <summary>int64 in [low, high].</summary>
    public Feed Indices(long[] dims, int low, int high) => Tests.Feed.Longs(new Shape(dims), [.. Enumerable.Range(0, (int)new Shape(dims).Elements).Select(_ => (long)Int(low, high))]);

    /// <summary>Some permutation of the axes.</summary>
    public long[] Order(int rank)
    {
        long[] axes = [.. Enumerable.Range(0, rank).Select(i => (long)i)];
        _random.Shuffle(axes);
        return axes;
    }

    /// <summary>A shape that is broadcast to the given one: axes cut off in front, others 1.</summary>
    public long[] Broadcastable(long[] dims) => [.. dims.Skip(Int(0, dims.Length)).Select(d => Coin() ? d : 1)];
}
