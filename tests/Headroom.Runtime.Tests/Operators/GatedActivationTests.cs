using CsCheck;
using Headroom.Graph;
using Headroom.Graph.Operators;

namespace Headroom.Runtime.Tests.Operators;

/// <summary>Activations of two inputs or along an axis: PRelu, SwiGLU, Hardmax.</summary>
public sealed class GatedActivationTests
{
    private static readonly ElementType[] Floats = [ElementType.Float64, ElementType.Float32, ElementType.Float16, ElementType.BFloat16];

    private static readonly Gen<(long[] X, long[] Slope)> PReluShapes = Gen.Select(Gen.Long[1, 4].Array[0, 3], Gen.Int[0, 3], Gen.Bool.Array[3], (x, cut, ones) =>
        (x, x.Skip(Math.Min(cut, x.Length)).Select((d, i) => ones[i] ? 1 : d).ToArray()));

    [Fact]
    public void Slopes_are_broadcast_and_learned() => Gen.Select(PReluShapes, Gen.Int[0, 1 << 20]).Sample((shapes, seed) =>
    {
        GradientCheck.Run((g, v) => g.Add(new PRelu(), v), Away(shapes.X, seed), Feed.Random(seed + 1, shapes.Slope));
        foreach (ElementType element in Floats)
        {
            Feed x = Feed.Random(new TensorType(element, shapes.X), seed), slope = Feed.Random(new TensorType(element, shapes.Slope), seed + 1);
            Plain.Same(Plain.Map(x.Type.Shape, (a, b) => a < 0 ? a * b : a, x, slope), GradientCheck.Evaluate((g, v) => [g.Add(new PRelu(), v)], x, slope)[0], Plain.Rounding(element));
        }
    }, iter: 30);

    [Fact]
    public void Slopes_hold_for_rows_longer_than_a_register_and_for_windows()
    {
        GradientCheck.Run((g, v) => g.Add(new PRelu(), v), Away([2, 3, 19], 1), Feed.Random(2, 3, 1));
        GradientCheck.Run((g, v) => g.Add(new PRelu(), v), Away([2, 37], 3), Feed.Random(4, 37));
        GradientCheck.Run((g, v) => g.Add(new PRelu(), g.Add(new Transpose(), v[0]), g.Add(new Transpose(), v[1])), Away([5, 3], 5), Feed.Random(6, 5, 3));
        GradientCheck.Run((g, v) => g.Add(new PRelu(), v), Feed.Random(7, 0, 3), Feed.Random(8, 3));
    }

    [Fact]
    public void Slopes_may_be_frozen_or_stand_alone()
    {
        GradientCheck.Run((g, v) => g.Add(new PRelu(), v), Away([2, 3], 9), Feed.Random(10, 3) with { Differentiate = false });
        GradientCheck.Run((g, v) => g.Add(new PRelu(), v), Away([2, 3], 11) with { Differentiate = false }, Feed.Random(12, 3));
    }

    [Fact]
    public void Slopes_of_integers_multiply()
    {
        Result found = GradientCheck.Evaluate((g, v) => [g.Add(new PRelu(), v)], Feed.Longs(new Shape(3), -3, 0, 5), Feed.Longs(new Shape(1), 4))[0];
        Assert.Equal([-12, 0, 5], found.Values);
    }

    [Fact]
    public void Slopes_never_stretch_the_input()
    {
        string message = Assert.Throws<GraphException>(() => GradientCheck.Evaluate((g, v) => [g.Add(new PRelu(), v)], Feed.Random(1, 3), Feed.Random(2, 2, 3))).Message;
        Assert.Contains("[2, 3]", message);
        Assert.Contains("[3]", message);
    }

    [Fact]
    public void A_gate_agrees_with_its_formula_and_with_central_differences() => Gen.Select(Gen.Long[0, 4].Array[0, 3], Gen.Float[-2, 2], Gen.Int[0, 1 << 20]).Sample((dims, alpha, seed) =>
    {
        Operator op = new SwiGLU { Alpha = alpha };
        GradientCheck.Run((g, v) => g.Add(op, v), Feed.Random(seed, dims), Feed.Random(seed + 1, dims));
        foreach (ElementType element in Floats)
        {
            Feed a = Feed.Random(new TensorType(element, dims), seed), b = Feed.Random(new TensorType(element, dims), seed + 1);
            Plain.Same([.. a.Values.Select((v, i) => v / (1 + Math.Exp(-(double)alpha * v)) * b.Values[i])], GradientCheck.Evaluate((g, v) => [g.Add(op, v)], a, b)[0], Plain.Rounding(element) * 2);
        }
    }, iter: 20);

    [Fact]
    public void Gates_hold_for_long_rows_for_windows_and_for_one_side_alone()
    {
        GradientCheck.Run((g, v) => g.Add(new SwiGLU(), v), Feed.Random(1, 3, 37), Feed.Random(2, 3, 37));
        GradientCheck.Run((g, v) => g.Add(new SwiGLU(), g.Add(new Transpose(), v[0]), v[1]), Feed.Random(3, 5, 3), Feed.Random(4, 3, 5));
        GradientCheck.Run((g, v) => g.Add(new SwiGLU(), v), Feed.Random(5, 7), Feed.Random(6, 7) with { Differentiate = false });
        GradientCheck.Run((g, v) => g.Add(new SwiGLU(), v), Feed.Random(7, 7) with { Differentiate = false }, Feed.Random(8, 7));
        GradientCheck.Run((g, v) => g.Add(new SwiGLU(), v[0], v[0]), Feed.Random(9, 7));
    }

    [Fact]
    public void Both_sides_of_a_gate_have_one_shape()
        => Assert.Contains("fp64[3]", Assert.Throws<GraphException>(() => GradientCheck.Evaluate((g, v) => [g.Add(new SwiGLU(), v)], Feed.Random(1, 2, 3), Feed.Random(2, 3))).Message);

    [Fact]
    public void Hardmax_marks_the_first_of_the_largest_on_every_axis() => Gen.Select(Gen.Long[1, 5].Array[1, 4], Gen.Int[-4, 3], Gen.Int[0, 1 << 20]).Sample((dims, axis, seed) =>
    {
        var shape = new Shape(dims);
        axis = Math.Clamp(axis, -dims.Length, dims.Length - 1);
        int at = shape.Axis(axis);
        foreach (ElementType element in Floats)
        {
            // Few different values, so that ties are common.
            Feed x = Feed.Of(new TensorType(element, shape), [.. Feed.Random(new TensorType(ElementType.Float64, shape), seed).Values.Select(v => Math.Round(v))]);
            double[] expected = [.. x.Values.Select((v, i) =>
            {
                long[] place = Plain.Coordinates(shape, i);
                long mine = place[at];
                for (long k = 0; k < shape[at]; k++)
                {
                    place[at] = k;
                    double other = x.Values[Plain.Index(shape, place)];
                    if (other > v || (other == v && k < mine)) return 0.0;
                }
                return 1;
            })];
            Result found = GradientCheck.Evaluate((g, v) => [g.Add(new Hardmax { Axis = axis }, v[0])], x)[0];
            Assert.Equal(expected, found.Values);
            Assert.Equal(expected, GradientCheck.Evaluate((g, v) => [g.Add(new Hardmax { Axis = axis }, g.Add(new Neg(), g.Add(new Neg(), v[0])))], x)[0].Values);
        }
    }, iter: 20);

    [Fact]
    public void Hardmax_takes_the_first_nan_for_the_largest()
        => Assert.Equal([0, 1, 0, 0], GradientCheck.Evaluate((g, v) => [g.Add(new Hardmax(), v[0])], Feed.Of(new TensorType(ElementType.Float32, 4), 1, double.NaN, 5, double.NaN))[0].Values);

    private static Feed Away(long[] dims, int seed)
    {
        Feed x = Feed.Random(seed, dims);
        return Feed.Of(x.Type, [.. x.Values.Select(v => Math.Abs(v) < 0.02 ? 0.05 : v)]);
    }
}
