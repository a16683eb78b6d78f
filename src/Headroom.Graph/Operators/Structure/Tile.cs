using Headroom.Graph.Onnx;

namespace Headroom.Graph.Operators;

/// <summary>Repeats the input along each axis as often as input 1 says: <c>y[i, ..] = x[i mod n, ..]</c>.</summary>
/// <remarks>ONNX <c>Tile</c>, opset 13. A view where only extents of 1 are repeated.</remarks>
[OnnxOperator(13)]
public sealed class Tile : Operator
{
    public override int ViewInput => 0;

    public static Operator Read(OnnxAttributes a) => new Tile();

    public override bool ReadsValue(int input) => input == 1;

    public override bool AcceptsStrides(int input) => input == 0;

    public override TensorType[] Infer(Signature s)
    {
        TensorType x = s.Input(0);
        long[] repeats = Repeats(s);
        return [new TensorType(x.Element, new Shape([.. repeats.Select((r, i) => checked(r * x.Shape[i]))]))];
    }

    public override Cost Cost(Signature s) => new(0, s.Output(0).Bytes, s.Output(0).Bytes);

    public override View? View(Signature s, int output, ReadOnlySpan<long> strides)
    {
        Shape from = s.Input(0).Shape, to = s.Output(0).Shape;
        var result = new long[to.Rank];
        for (int i = 0; i < result.Length; i++)
        {
            if (from[i] != to[i] && from[i] != 1) return null;
            result[i] = from[i] == to[i] ? strides[i] : 0;
        }
        return new View(0, result);
    }

    /// <summary>Where each element along an axis comes from.</summary>
    public static long[][] Maps(Signature s)
    {
        Shape x = s.Input(0).Shape, y = s.Output(0).Shape;
        return [.. Enumerable.Range(0, y.Rank).Select(axis => Enumerable.Range(0, (int)y[axis]).Select(i => i % x[axis]).ToArray())];
    }

    public override TensorData[]? Fold(Signature s) => AxisMaps.Fold(s, () => Maps(s));

    // Every axis as [repeats, extent]; the repeats are summed.
    public override void Gradient(Backward b)
    {
        Shape x = b.Signature.Input(0).Shape;
        long[] repeats = Repeats(b.Signature);
        var dims = new List<long>();
        var axes = new List<long>();
        for (int i = 0; i < repeats.Length; i++)
        {
            if (repeats[i] != 1)
            {
                axes.Add(dims.Count);
                dims.Add(repeats[i]);
            }
            dims.Add(x[i]);
        }
        Value apart = b.Reshape(b.OutputGradient(0), new Shape([.. dims]));
        b.Accumulate(0, axes.Count == 0 ? apart : b.Reshape(b.Add(new ReduceSum { KeepDims = false }, apart, b.Constant(TensorData.Longs([.. axes]))), x));
    }

    private static long[] Repeats(Signature s)
    {
        long[] repeats = s.Longs(1, "the repeats");
        if (repeats.Length != s.Input(0).Rank) throw new GraphException($"has {repeats.Length} repeats for an input of rank {s.Input(0).Rank} {s.Input(0)}; one an axis is needed");
        if (repeats.Any(r => r < 0)) throw new GraphException($"[{string.Join(", ", repeats)}] has a negative repeat");
        return repeats;
    }
}
