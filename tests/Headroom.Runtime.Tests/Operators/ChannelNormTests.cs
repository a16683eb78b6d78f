using CsCheck;
using Headroom.Graph;
using Headroom.Graph.Operators;

namespace Headroom.Runtime.Tests.Operators;

/// <summary>Group, instance, mean-variance and local response normalization.</summary>
public sealed class ChannelNormTests
{
    private static readonly ElementType[] Floats = [ElementType.Float64, ElementType.Float32, ElementType.BFloat16, ElementType.Float16];

    private static readonly Gen<(long[] X, long Groups, bool PerGroup)> Grouped =
        from batch in Gen.Long[1, 3]
        from groups in Gen.Long[1, 3]
        from width in Gen.Long[1, 3]
        from extents in Gen.Long[1, 5].Array[0, 3]
        from perGroup in Gen.Bool
        where width * extents.Aggregate(1L, (a, b) => a * b) > 2
        select ((long[])[batch, groups * width, .. extents], groups, perGroup);

    [Fact]
    public void Group_normalization_equals_its_formula_and_central_differences() => Grouped.Sample(g =>
    {
        var op = new GroupNormalization { Groups = g.Groups, PerGroup = g.PerGroup, Epsilon = 0.01f };
        long parameters = g.PerGroup ? g.Groups : g.X[1];
        foreach (ElementType element in Floats)
        {
            Feed[] feeds = [Feed.Random(new TensorType(element, g.X), 1), Feed.Random(new TensorType(element, parameters), 2), Feed.Random(new TensorType(element, parameters), 3)];
            Close(Reference(feeds, g.Groups, g.PerGroup, op.Epsilon), GradientCheck.Evaluate((b, v) => [b.Add(op, v)], feeds)[0]);
        }
        GradientCheck.Run((b, v) => b.Add(op, v), Feed.Random(4, g.X), Feed.Random(5, parameters), Feed.Random(6, parameters));
    }, iter: 25);

    [Theory]
    [InlineData(new long[] { 2, 3, 19 })]
    [InlineData(new long[] { 1, 2, 5, 7 })]
    [InlineData(new long[] { 2, 3, 2, 3, 4 })]
    public void Instance_normalization_equals_its_formula_and_central_differences(long[] dims)
    {
        var op = new InstanceNormalization { Epsilon = 0.001f };
        foreach (ElementType element in Floats)
        {
            Feed[] feeds = [Feed.Random(new TensorType(element, dims), 1), Feed.Random(new TensorType(element, dims[1]), 2), Feed.Random(new TensorType(element, dims[1]), 3)];
            Close(Reference(feeds, dims[1], false, op.Epsilon), GradientCheck.Evaluate((b, v) => [b.Add(op, v)], feeds)[0]);
        }
        GradientCheck.Run((b, v) => b.Add(op, v), Feed.Random(4, dims), Feed.Random(5, dims[1]), Feed.Random(6, dims[1]));
    }

    // fp32 and bf16 run through registers of sixteen; central differences are too coarse there, so they are held against fp64.
    [Theory]
    [InlineData(ElementType.Float32, 1e-4)]
    [InlineData(ElementType.BFloat16, 6e-2)]
    [InlineData(ElementType.Float16, 1e-2)]
    public void Gradients_agree_between_types(ElementType element, double tolerance)
    {
        Result[] Run(ElementType of)
        {
            Feed As(int seed, params long[] dims) => new(new TensorType(of, dims), Feed.Random(new TensorType(element, dims), seed).Values);
            return GradientCheck.Evaluate((b, v) => [.. b.Add(new GroupNormalizationGradient { Groups = 2 }, "gradient", v, 3)], As(1, 3, 4, 5, 9), As(2, 3, 4, 5, 9), As(3, 4));
        }
        Result[] expected = Run(ElementType.Float64), found = Run(element);
        for (int o = 0; o < 3; o++)
            for (int i = 0; i < expected[o].Values.Length; i++) Assert.Equal(expected[o].Values[i], found[o].Values[i], tolerance * Math.Max(1, Math.Abs(expected[o].Values[i])));
    }

    [Fact]
    public void An_empty_batch_gives_nothing_and_gradients_of_zero()
    {
        Feed x = Feed.Random(1, 0, 4, 3), p = Feed.Random(2, 4);
        Assert.Empty(GradientCheck.Evaluate((b, v) => [b.Add(new GroupNormalization { Groups = 2 }, v[0], v[1], v[1])], x, p)[0].Values);
        Assert.Equal(new double[4], GradientCheck.Evaluate((b, v) => [b.Add(new GroupNormalizationGradient { Groups = 2 }, "g", [v[0], v[0], v[1]], 3)[1]], x, p)[0].Values);
    }

    private static readonly Gen<(long[] X, long[] Axes)> Reductions =
        from dims in Gen.Long[2, 4].Array[1, 4]
        from chosen in Gen.Bool.Array[dims.Length]
        from negative in Gen.Bool
        let axes = Enumerable.Range(0, dims.Length).Where(i => chosen[i]).Select(i => (long)(negative ? i - dims.Length : i)).ToArray()
        where axes.Sum(a => dims[a < 0 ? a + dims.Length : a]) > 2
        select (dims, axes);

    [Fact]
    public void Mean_variance_normalization_equals_its_formula_and_central_differences() => Reductions.Sample(r =>
    {
        var op = new MeanVarianceNormalization { Axes = r.Axes };
        foreach (ElementType element in Floats)
        {
            Feed x = Feed.Random(new TensorType(element, r.X), 1);
            Shape shape = x.Type.Shape;
            string Set(int i) => string.Join(',', Plain.Coordinates(shape, i).Select((c, a) => r.Axes.Contains(a) || r.Axes.Contains(a - shape.Rank) ? -1 : c));
            double[] expected = new double[x.Values.Length];
            foreach (IGrouping<string, int> set in Enumerable.Range(0, expected.Length).GroupBy(Set))
            {
                double mean = set.Average(i => x.Values[i]), deviation = Math.Sqrt(set.Average(i => Math.Pow(x.Values[i] - mean, 2)));
                foreach (int i in set) expected[i] = (x.Values[i] - mean) / (deviation + 1e-9);
            }
            Close(expected, GradientCheck.Evaluate((b, v) => [b.Add(op, v)], x)[0]);
        }
        GradientCheck.Run((b, v) => [b.Add(op, v)], 1e-6, 1e-5, Feed.Random(2, r.X));
    }, iter: 25);

    private static readonly Gen<(long[] X, LRN Op)> Responses =
        from dims in Gen.Long[1, 4].Array[0, 3]
        from channels in Gen.Long[1, 6]
        from size in Gen.Long[1, 7]
        from alpha in Gen.Float[0.01f, 2]
        from beta in Gen.Float[0.1f, 1.5f]
        select ((long[])[2, channels, .. dims], new LRN { Size = size, Alpha = alpha, Beta = beta, Bias = 1.5f });

    [Fact]
    public void Local_response_normalization_equals_its_formula_and_central_differences() => Responses.Sample(r =>
    {
        foreach (ElementType element in Floats)
        {
            Feed x = Feed.Random(new TensorType(element, r.X), 1);
            Shape shape = x.Type.Shape;
            double[] expected = new double[x.Values.Length];
            for (int i = 0; i < expected.Length; i++)
            {
                long[] at = Plain.Coordinates(shape, i);
                double squares = 0;
                for (long c = at[1] - (long)Math.Floor((r.Op.Size - 1) / 2.0); c <= at[1] + (long)Math.Ceiling((r.Op.Size - 1) / 2.0); c++)
                    if (c >= 0 && c < r.X[1]) squares += Math.Pow(x.Values[Plain.Index(shape, [at[0], c, .. at[2..]])], 2);
                expected[i] = x.Values[i] / Math.Pow(r.Op.Bias + (double)r.Op.Alpha / r.Op.Size * squares, r.Op.Beta);
            }
            Close(expected, GradientCheck.Evaluate((b, v) => [b.Add(r.Op, v)], x)[0]);
        }
        GradientCheck.Run((b, v) => b.Add(r.Op, v), Feed.Random(2, r.X));
    }, iter: 25);

    internal static void Close(double[] expected, Result found)
    {
        Assert.Equal(expected.Length, found.Values.Length);
        double tolerance = 6 * Plain.Rounding(found.Type.Element);
        for (int i = 0; i < expected.Length; i++) Assert.True(Math.Abs(expected[i] - found.Values[i]) <= tolerance * Math.Max(1, Math.Abs(expected[i])), $"{found.Type} element {i}: {found.Values[i]}, expected {expected[i]}");
    }

    private static double[] Reference(Feed[] feeds, long groups, bool perGroup, double epsilon)
    {
        Shape x = feeds[0].Type.Shape;
        long width = x[1] / groups, plane = new Shape(x.Dims[2..]).Elements;
        var y = new double[feeds[0].Values.Length];
        for (int first = 0; first < y.Length; first += (int)(width * plane))
        {
            double[] of = feeds[0].Values[first..(first + (int)(width * plane))];
            double mean = of.Average(), inverse = 1 / Math.Sqrt(of.Average(v => (v - mean) * (v - mean)) + epsilon);
            for (int i = first; i < first + of.Length; i++)
            {
                long channel = i / plane % x[1], parameter = perGroup ? channel / width : channel;
                y[i] = (feeds[0].Values[i] - mean) * inverse * feeds[1].Values[parameter] + feeds[2].Values[parameter];
            }
        }
        return y;
    }
}
