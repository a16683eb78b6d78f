using CsCheck;
using Headroom.Graph;
using Headroom.Graph.Operators;

namespace Headroom.Runtime.Tests.Operators;

public sealed class QuantizationTests
{
    /// <summary>A tensor, and scales that fit it: one, one for each index of an axis, or one for each block of it.</summary>
    private static readonly Gen<(long[] X, long[] Scale, long Axis, long Block)> Grids =
        from x in Gen.Long[1, 5].Array[1, 3]
        from last in Gen.Long[1, 40]
        let dims = (long[])[.. x, last]
        from at in Gen.Int[0, dims.Length - 1]
        from kind in Gen.Int[0, 2]
        from block in Gen.Long[1, 6]
        from negative in Gen.Bool
        let scale = kind switch { 0 => [], 1 => [dims[at]], _ => dims.Select((d, i) => i == at ? (d + block - 1) / block : d).ToArray() }
        select (dims, scale, negative ? at - (long)dims.Length : at, kind == 2 ? block : 0L);

    [Fact]
    public void Quantizing_divides_rounds_to_even_shifts_and_saturates() => Grids.Sample(g =>
    {
        foreach (ElementType to in (ElementType[])[ElementType.Int8, ElementType.UInt8])
        {
            Feed x = Feed.Random(new TensorType(ElementType.Float32, g.X), 1, -40, 40), scale = Feed.Random(new TensorType(ElementType.Float32, g.Scale), 2, 0.1, 0.5);
            Feed zero = Integers(to, g.Scale, 3, to == ElementType.Int8 ? -20 : 100, to == ElementType.Int8 ? 20 : 140);
            Result y = GradientCheck.Evaluate((b, v) => [b.Add(new QuantizeLinear { Axis = g.Axis, BlockSize = g.Block }, v)], x, scale, zero)[0];
            Assert.Equal(new TensorType(to, g.X), y.Type);
            for (int i = 0; i < y.Values.Length; i++)
            {
                int s = Scale(i, g.X, g.Scale, g.Axis, g.Block);
                double expected = Math.Clamp(Math.Round((float)x.Values[i] / (float)scale.Values[s]) + zero.Values[s], to == ElementType.Int8 ? -128 : 0, to == ElementType.Int8 ? 127 : 255);
                Assert.Equal(expected, y.Values[i]);
            }
        }
    }, iter: 50);

    [Fact]
    public void Dequantizing_shifts_and_multiplies() => Grids.Sample(g =>
    {
        foreach (ElementType from in (ElementType[])[ElementType.Int8, ElementType.UInt8, ElementType.Int32])
            foreach (ElementType to in (ElementType[])[ElementType.Float32, ElementType.Float16, ElementType.BFloat16, ElementType.Float64])
            {
                Feed x = Integers(from, g.X, 1, from == ElementType.UInt8 ? 0 : -128, from == ElementType.UInt8 ? 255 : 127), scale = Feed.Random(new TensorType(to, g.Scale), 2, 0.1, 0.5);
                Feed zero = Integers(from, g.Scale, 3, 0, 20);
                Result y = GradientCheck.Evaluate((b, v) => [b.Add(new DequantizeLinear { Axis = g.Axis, BlockSize = g.Block }, v)], x, scale, zero)[0];
                double[] expected = [.. x.Values.Select((v, i) => (v - zero.Values[Scale(i, g.X, g.Scale, g.Axis, g.Block)]) * scale.Values[Scale(i, g.X, g.Scale, g.Axis, g.Block)])];
                Plain.Same(expected, y, Plain.Rounding(to));
            }
    }, iter: 30);

    [Fact]
    public void The_scale_of_dequantizing_has_a_gradient() => Grids.Sample(g =>
    {
        var op = new DequantizeLinear { Axis = g.Axis, BlockSize = g.Block };
        Feed x = Integers(ElementType.Int8, g.X, 1, -20, 20), scale = Feed.Random(new TensorType(ElementType.Float64, g.Scale), 2, 0.1, 0.5), zero = Integers(ElementType.Int8, g.Scale, 3, -5, 5);
        GradientCheck.Run((b, v) => [b.Add(op, v)], 1e-6, 1e-5, x, scale, zero);
        GradientCheck.Run((b, v) => [b.Add(op, v[0], v[1])], 1e-6, 1e-5, x, scale);
    }, iter: 20);

    [Fact]
    public void Quantizing_is_flat()
    {
        Feed x = Feed.Random(1, 3), scale = Feed.Of(new TensorType(ElementType.Float32, Shape.Scalar), 0.25);
        GradientCheck.Run((b, v) =>
        {
            Value q = b.Add(new QuantizeLinear(), b.Add(new Cast { To = ElementType.Float32 }, v[0]), v[1]);
            return b.Add(new Add(), v[0], b.Add(new Cast { To = ElementType.Float64 }, b.Add(new DequantizeLinear(), q, v[1])));
        }, x with { Values = [0.3, -0.4, 1.6] }, scale with { Differentiate = false });
    }

    [Fact]
    public void Halves_go_to_the_even_neighbour_and_far_values_to_the_ends()
    {
        Feed x = Feed.Of(new TensorType(ElementType.Float32, 9), 0.5, 1.5, 2.5, -0.5, -1.5, 1e30, -1e30, double.PositiveInfinity, double.NaN), one = Feed.Of(new TensorType(ElementType.Float32, Shape.Scalar), 1);
        Assert.Equal([0, 2, 2, 0, -2, 127, -128, 127, 0], GradientCheck.Evaluate((b, v) => [b.Add(new QuantizeLinear { To = ElementType.Int8 }, v)], x, one)[0].Values);
        Assert.Equal([0, 2, 2, 0, 0, 255, 0, 255, 0], GradientCheck.Evaluate((b, v) => [b.Add(new QuantizeLinear(), v)], x, one)[0].Values);
        Feed many = Feed.Of(new TensorType(ElementType.Float32, 36), [.. Enumerable.Range(0, 4).SelectMany(_ => x.Values)]);
        Assert.Equal([.. Enumerable.Range(0, 4).SelectMany(_ => (double[])[0, 2, 2, 0, 0, 255, 0, 255, 0])], GradientCheck.Evaluate((b, v) => [b.Add(new QuantizeLinear(), v)], many, one)[0].Values);
    }

    [Fact]
    public void The_quotient_is_rounded_to_the_type_it_is_divided_in()
    {
        // 1.0015 / 2 is above a half in fp32 and goes to 1; in fp16 it is 1.0009765625 / 2 = 0.50048828125, and goes to 1 as well; 100.1 becomes 100.125.
        Feed x = Feed.Of(new TensorType(ElementType.Float32, 2), 100.1, 1.0015), scale = Feed.Of(new TensorType(ElementType.Float32, Shape.Scalar), 2);
        double Expected(double v) => (double)Math.Round((double)(Half)((float)(Half)v / 2));
        Result y = GradientCheck.Evaluate((b, v) => [b.Add(new QuantizeLinear { Division = ElementType.Float16 }, v)], x, scale)[0];
        Assert.Equal([Expected(100.1), Expected(1.0015)], y.Values);
        Feed halves = Feed.Random(new TensorType(ElementType.Float16, 40), 3, -300, 300), half = Feed.Of(new TensorType(ElementType.Float16, Shape.Scalar), 1.7);
        Result q = GradientCheck.Evaluate((b, v) => [b.Add(new QuantizeLinear { To = ElementType.Int8 }, v)], halves, half)[0];
        for (int i = 0; i < 40; i++) Assert.Equal(Math.Clamp(Math.Round((double)(Half)((float)halves.Values[i] / (float)half.Values[0])), -128, 127), q.Values[i]);
    }

    [Theory]
    [InlineData(ElementType.Int32)]
    [InlineData(ElementType.BFloat16)]
    public void Other_inputs_are_quantized(ElementType element)
    {
        Feed x = element == ElementType.Int32 ? Integers(element, [50], 1, -1000, 1000) : Feed.Random(new TensorType(element, 50), 1, -100, 100), scale = Feed.Of(new TensorType(ElementType.Float32, Shape.Scalar), 1.5);
        Result y = GradientCheck.Evaluate((b, v) => [b.Add(new QuantizeLinear { To = ElementType.Int8 }, v)], x, scale)[0];
        for (int i = 0; i < 50; i++) Assert.Equal(Math.Clamp(Math.Round((float)x.Values[i] / 1.5f), -128, 127), y.Values[i]);
    }

    [Fact]
    public void Scales_that_fit_nothing_are_refused()
    {
        Feed x = Feed.Random(new TensorType(ElementType.Float32, 3, 4), 1), scale = Feed.Random(new TensorType(ElementType.Float32, 3), 2, 0.1, 1);
        Assert.Contains("[4]", Assert.Throws<GraphException>(() => GradientCheck.Evaluate((b, v) => [b.Add(new QuantizeLinear(), v)], x, scale)).Message, StringComparison.Ordinal);
        Assert.Contains("blocks of 3", Assert.Throws<GraphException>(() => GradientCheck.Evaluate((b, v) => [b.Add(new QuantizeLinear { BlockSize = 3 }, v)], x, scale)).Message, StringComparison.Ordinal);
        Feed wide = Integers(ElementType.Int32, [3], 3, 0, 5);
        Assert.Contains("int32", Assert.Throws<GraphException>(() => GradientCheck.Evaluate((b, v) => [b.Add(new QuantizeLinear { Axis = 0 }, v)], x, scale, wide)).Message, StringComparison.Ordinal);
    }

    private static Feed Integers(ElementType element, long[] dims, int seed, int low, int high)
    {
        var random = new Random(seed);
        var type = new TensorType(element, dims);
        return Feed.Of(type, [.. Enumerable.Range(0, (int)type.Elements).Select(_ => (double)random.Next(low, high))]);
    }

    private static int Scale(int i, long[] x, long[] scale, long axis, long block)
    {
        if (scale.Length == 0) return 0;
        long[] at = Plain.Coordinates(new Shape(x), i);
        int a = (int)(axis < 0 ? axis + x.Length : axis);
        if (block == 0) return (int)at[a];
        at[a] /= block;
        return Plain.Index(new Shape(scale), at);
    }
}
