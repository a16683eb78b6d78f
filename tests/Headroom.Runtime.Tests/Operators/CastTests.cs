using CsCheck;
using Headroom.Graph;
using Headroom.Graph.Operators;

namespace Headroom.Runtime.Tests.Operators;

public sealed class CastTests
{
    private static readonly ElementType[] Floating = [ElementType.Float64, ElementType.Float32, ElementType.BFloat16, ElementType.Float16];

    [Fact]
    public void Casts_and_casts_like_go_between_all_types_through_any_strides()
    {
        foreach (ElementType from in Enum.GetValues<ElementType>())
        {
            foreach (ElementType to in Enum.GetValues<ElementType>())
            {
                Feed x = Feed.Of(new TensorType(from, 2, 3), 0, 1, 2, 100, 0, 3), like = Feed.Of(new TensorType(to, 1), 1);
                Result[] found = GradientCheck.Evaluate((g, v) => [g.Add(new Cast { To = to }, g.Add(new Transpose(), v[0])), g.Add(new CastLike(), v[0], v[1])], x, like);
                double[] plain = to == ElementType.Bool ? [.. x.Values.Select(v => v != 0 ? 1.0 : 0)] : x.Values;
                Assert.Equal(new TensorType(to, 3, 2), found[0].Type);
                Assert.Equal([plain[0], plain[3], plain[1], plain[4], plain[2], plain[5]], found[0].Values);
                Assert.Equal(new TensorType(to, 2, 3), found[1].Type);
                Assert.Equal(plain, found[1].Values);
            }
        }
    }

    [Fact]
    public void Beyond_an_integer_s_range_stands_its_end_and_nan_is_zero_in_every_pair()
    {
        foreach (ElementType from in Floating)
        {
            double[] values = [double.NaN, double.PositiveInfinity, double.NegativeInfinity, 3.5, -3.5, -0.0, 60000, -60000];
            foreach ((ElementType to, double low, double high) in ((ElementType, double, double)[])[(ElementType.Int8, -128, 127), (ElementType.UInt8, 0, 255), (ElementType.Int32, int.MinValue, int.MaxValue), (ElementType.Int64, long.MinValue, long.MaxValue)])
            {
                Feed x = Feed.Of(new TensorType(from, 8), [.. values]);
                double[] found = GradientCheck.Evaluate((g, v) => [g.Add(new Cast { To = to }, v[0])], x)[0].Values;
                Assert.Equal(x.Values.Select(v => double.IsNaN(v) ? 0 : Math.Clamp(Math.Truncate(v), low, high) + 0), found);
            }
            // Zero of either sign is false, all else is true.
            Assert.Equal([1, 1, 1, 1, 1, 0, 1, 1], GradientCheck.Evaluate((g, v) => [g.Add(new Cast { To = ElementType.Bool }, v[0])], Feed.Of(new TensorType(from, 8), [.. values]))[0].Values);
        }
    }

    [Fact]
    public void A_narrower_integer_keeps_the_lower_bits()
    {
        Feed x = Feed.Longs(new Shape(5), 200, -129, 256, 300, 1L << 40);
        Assert.Equal([-56, 127, 0, 44, 0], GradientCheck.Evaluate((g, v) => [g.Add(new Cast { To = ElementType.Int8 }, v[0])], x)[0].Values);
        Assert.Equal([200, 127, 0, 44, 0], GradientCheck.Evaluate((g, v) => [g.Add(new Cast { To = ElementType.UInt8 }, v[0])], x)[0].Values);
        Assert.Equal([1, 1, 1, 1, 1], GradientCheck.Evaluate((g, v) => [g.Add(new Cast { To = ElementType.Bool }, v[0])], x)[0].Values);
    }

    [Fact]
    public void Halves_round_to_nearest_even_once()
    {
        // fp16: a tie, just above it (which fp32 can't tell from the tie), a subnormal, the largest, beyond it.
        double tie = 1 + Math.ScaleB(1, -11);
        Assert.Equal([1, 1 + Math.ScaleB(1, -10), Math.ScaleB(1, -24), 65504, double.PositiveInfinity],
            Run(ElementType.Float64, ElementType.Float16, tie, tie + Math.ScaleB(1, -40), Math.ScaleB(1, -24), 65519, 65520));
        tie = 1 + Math.ScaleB(1, -8);
        Assert.Equal([1, 1 + Math.ScaleB(1, -7), 1 + Math.ScaleB(1, -6), double.PositiveInfinity, double.NegativeInfinity],
            Run(ElementType.Float64, ElementType.BFloat16, tie, tie + Math.ScaleB(1, -40), 1 + Math.ScaleB(3, -8), 1e300, -3.4e38 * 2));
        Assert.Equal([1, 1 + Math.ScaleB(1, -6)], Run(ElementType.Float32, ElementType.BFloat16, tie, 1 + Math.ScaleB(3, -8)));
        foreach (ElementType to in Floating) Assert.True(double.IsNaN(Run(ElementType.Float64, to, double.NaN)[0]));
    }

    [Fact]
    public void A_fold_gives_what_the_run_gives()
        => Gen.Select(Gen.Double[-70000, 70000], Gen.Int[0, 8], Gen.Int[0, 8]).Sample((value, f, t) =>
        {
            ElementType from = (ElementType)f, to = (ElementType)t;
            Feed x = Feed.Of(new TensorType(from, 2), from.IsFloat() ? value : Math.Truncate(value) % 100, 1);
            var builder = new TypedBuilder("folded");
            TensorData folded = builder.Constant(builder.Add(new Cast { To = to }, builder.Constant(GradientCheck.Data(x))))!;
            Assert.Equal(folded.ToDoubles(), GradientCheck.Evaluate((g, v) => [g.Add(new Cast { To = to }, v[0])], x)[0].Values);
        }, iter: 100, threads: 1);

    [Fact]
    public void The_gradient_of_a_cast_is_cast_back()
    {
        // Through fp32 and back: the slope is 1, the step large enough to be seen in fp32.
        Feed like = Feed.Of(new TensorType(ElementType.Float32, 1), 0) with { Differentiate = false };
        GradientCheck.Run((g, v) => [g.Add(new Cast { To = ElementType.Float64 }, g.Add(new CastLike(), v[0], v[1]))], 0.125, 1e-5, Feed.Random(90, 3, 3), like);
    }

    private static double[] Run(ElementType from, ElementType to, params double[] values)
        => GradientCheck.Evaluate((g, v) => [g.Add(new Cast { To = to }, v[0])], Feed.Of(new TensorType(from, values.Length), values))[0].Values;
}
