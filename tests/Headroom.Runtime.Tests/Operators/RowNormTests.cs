using CsCheck;
using Headroom.Graph;
using Headroom.Graph.Operators;

namespace Headroom.Runtime.Tests.Operators;

/// <summary>Root-mean-square normalization, and layer normalization outside the fused kernel's reach.</summary>
public sealed class RowNormTests
{
    private static readonly ElementType[] Floats = [ElementType.Float64, ElementType.Float32, ElementType.BFloat16, ElementType.Float16];

    /// <summary>An input, a first normalized axis, and parameters' shapes that can be broadcast.</summary>
    private static readonly Gen<(long[] X, long Axis, long[] Scale, long[] Bias)> Shapes =
        from dims in Gen.Long[1, 5].Array[1, 3]
        from last in Gen.Long[2, 19]
        let x = (long[])[.. dims, last]
        from axis in Gen.Int[0, x.Length - 1]
        from negative in Gen.Bool
        from scale in Parameter(x, axis)
        from bias in Parameter(x, axis)
        select (x, negative ? axis - x.Length : (long)axis, scale, bias);

    private static Gen<long[]> Parameter(long[] x, int axis) =>
        from kind in Gen.Int[0, 3]
        from drop in Gen.Int[0, x.Length - 1]
        from ones in Gen.Bool.Array[x.Length]
        select kind < 2 ? x[axis..] : x.Select((d, i) => ones[i] ? 1 : d).ToArray()[(kind == 2 ? drop : 0)..];

    [Fact]
    public void Root_mean_square_normalization_equals_its_formula_and_central_differences() => Shapes.Sample(s =>
    {
        var op = new RMSNormalization { Axis = s.Axis, Epsilon = 0.01f };
        foreach (ElementType element in Floats)
        {
            Feed x = Feed.Random(new TensorType(element, s.X), 1), scale = Feed.Random(new TensorType(element, s.Scale), 2);
            ChannelNormTests.Close(Reference(x, scale, null, s.Axis, op.Epsilon, centred: false, out _, out _), GradientCheck.Evaluate((b, v) => [b.Add(op, v)], x, scale)[0]);
        }
        GradientCheck.Run((b, v) => b.Add(op, v), Feed.Random(3, s.X), Feed.Random(4, s.Scale));
    }, iter: 30);

    [Fact]
    public void Layer_normalization_equals_its_formula_and_central_differences() => Shapes.Sample(s =>
    {
        var op = new LayerNormalization { Axis = s.Axis, Epsilon = 0.01f };
        foreach (ElementType element in Floats)
        {
            Feed x = Feed.Random(new TensorType(element, s.X), 1), scale = Feed.Random(new TensorType(element, s.Scale), 2), bias = Feed.Random(new TensorType(element, s.Bias), 3);
            Result[] found = GradientCheck.Evaluate((b, v) => [.. b.Add(op, "norm", v, 3)], x, scale, bias);
            ChannelNormTests.Close(Reference(x, scale, bias, s.Axis, op.Epsilon, centred: true, out double[] mean, out double[] inverse), found[0]);
            ElementType statistic = element == ElementType.Float64 ? element : ElementType.Float32;
            Assert.All([found[1], found[2]], f => Assert.Equal(statistic, f.Type.Element));
            ChannelNormTests.Close(mean, found[1]);
            ChannelNormTests.Close(inverse, found[2]);
        }
        GradientCheck.Run((b, v) => b.Add(op, v), Feed.Random(4, s.X), Feed.Random(5, s.Scale), Feed.Random(6, s.Bias));
        GradientCheck.Run((b, v) => b.Add(op, v), Feed.Random(4, s.X), Feed.Random(5, s.Scale));
    }, iter: 30);

    [Theory]
    [InlineData(ElementType.Float16, ElementType.Float32)]
    [InlineData(ElementType.Float32, ElementType.Float16)]
    [InlineData(ElementType.BFloat16, ElementType.Float16)]
    [InlineData(ElementType.Float64, ElementType.Float32)]
    public void The_result_has_the_type_of_the_scale(ElementType input, ElementType parameter)
    {
        Feed x = Feed.Random(new TensorType(input, 3, 4, 21), 1), scale = Feed.Random(new TensorType(parameter, 21), 2);
        Result y = GradientCheck.Evaluate((b, v) => [b.Add(new RMSNormalization(), v)], x, scale)[0];
        Assert.Equal(parameter, y.Type.Element);
        ChannelNormTests.Close(Reference(x, scale, null, -1, 1e-5f, centred: false, out _, out _), y);
        Result[] g = GradientCheck.Evaluate((b, v) => [.. b.Add(new RMSNormalizationGradient(), "g", [b.Add(new RMSNormalization(), v), v[0], v[1]], 2)], x, scale);
        Assert.Equal((x.Type, scale.Type), (g[0].Type, g[1].Type));
        Feed Wide(Feed f) => new(new TensorType(ElementType.Float64, f.Type.Shape), f.Values);
        Result[] wide = GradientCheck.Evaluate((b, v) => [.. b.Add(new RMSNormalizationGradient(), "g", v, 2)], Wide(new Feed(y.Type, y.Values)), Wide(x), Wide(scale));
        for (int o = 0; o < 2; o++)
            for (int i = 0; i < wide[o].Values.Length; i++) Assert.Equal(wide[o].Values[i], g[o].Values[i], 0.02 * Math.Max(1, Math.Abs(wide[o].Values[i])));
    }

    [Theory]
    [InlineData(ElementType.Float64, ElementType.Float32)]
    [InlineData(ElementType.Float32, ElementType.BFloat16)]
    [InlineData(ElementType.Float16, ElementType.BFloat16)]
    public void Statistics_are_put_out_in_the_stash_type(ElementType element, ElementType stash)
    {
        Feed x = Feed.Random(new TensorType(element, 3, 7), 1), scale = Feed.Random(new TensorType(element, 7), 2);
        Result[] found = GradientCheck.Evaluate((b, v) => [.. b.Add(new LayerNormalization { Stash = stash }, "norm", v, 3)], x, scale);
        ChannelNormTests.Close(Reference(x, scale, null, -1, 1e-5f, centred: true, out double[] mean, out double[] inverse), found[0]);
        Assert.All([found[1], found[2]], f => Assert.Equal(stash, f.Type.Element));
        ChannelNormTests.Close(mean, found[1]);
        ChannelNormTests.Close(inverse, found[2]);
        if (element == ElementType.Float64) GradientCheck.Run((b, v) => b.Add(new LayerNormalization { Stash = stash }, "norm", v, 3)[0], x, scale);
    }

    [Fact]
    public void An_empty_batch_gives_nothing_and_a_gradient_of_zero()
    {
        Feed x = Feed.Random(1, 0, 4), p = Feed.Random(2, 4);
        Assert.Empty(GradientCheck.Evaluate((b, v) => [b.Add(new RMSNormalization(), v)], x, p)[0].Values);
        Assert.Equal(new double[4], GradientCheck.Evaluate((b, v) => [b.Add(new RMSNormalizationGradient(), "g", [v[0], v[0], v[1]], 2)[1]], x, p)[0].Values);
    }

    private static double[] Reference(Feed x, Feed scale, Feed? bias, long axis, double epsilon, bool centred, out double[] means, out double[] inverses)
    {
        Shape shape = x.Type.Shape;
        int columns = (int)new Shape(shape.Dims[shape.Axis(axis)..]).Elements, rows = x.Values.Length / columns;
        (means, inverses) = (new double[rows], new double[rows]);
        var normal = new double[x.Values.Length];
        for (int row = 0; row < rows; row++)
        {
            double[] of = x.Values[(row * columns)..((row + 1) * columns)];
            double mean = centred ? of.Average() : 0;
            (means[row], inverses[row]) = (mean, 1 / Math.Sqrt(of.Average(v => (v - mean) * (v - mean)) + epsilon));
            for (int i = 0; i < columns; i++) normal[row * columns + i] = (of[i] - mean) * inverses[row];
        }
        double[] scaled = Plain.Map(shape, (a, b) => a * b, new Feed(x.Type, normal), scale);
        return bias is null ? scaled : Plain.Map(shape, (a, b) => a + b, new Feed(x.Type, scaled), bias);
    }
}
