using CsCheck;
using Headroom.Graph;
using Headroom.Graph.Operators;

namespace Headroom.Runtime.Tests.Operators;

public sealed class RemainderAndPowerTests
{
    private static readonly ElementType[] Floating = [ElementType.Float64, ElementType.Float32, ElementType.BFloat16, ElementType.Float16];
    private static readonly ElementType[] Whole = [ElementType.Int8, ElementType.UInt8, ElementType.Int32, ElementType.Int64];

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Integer_remainders_have_the_sign_that_is_asked_for_and_never_trap(bool fmod)
    {
        foreach (ElementType element in Whole)
        {
            double lowest = element switch { ElementType.Int8 => sbyte.MinValue, ElementType.UInt8 => 0, ElementType.Int32 => int.MinValue, _ => -(double)(1L << 52) };
            double[] signed = [-7, -6, -1, 0, 1, 5, 7, lowest], values = element == ElementType.UInt8 ? [.. signed.Select(Math.Abs)] : signed;
            Feed x = Feed.Of(new TensorType(element, 8, 1), [.. values]), y = Feed.Of(new TensorType(element, 8), [.. values]);
            Result found = GradientCheck.Evaluate((g, v) => [g.Add(new Mod { Fmod = fmod }, v[0], v[1])], x, y)[0];
            // Python's rule by its definition; what is modulo zero is zero here.
            Plain.Same(Plain.Map(found.Type.Shape, (a, b) => b == 0 ? 0 : fmod ? a % b : a - b * Math.Floor(a / b), x, y), found, 0);
        }
    }

    [Fact]
    public void Floating_remainders_are_fmod_s_in_every_type()
    {
        double[] values = [-5.5, -2, -0.75, 0.25, 3, 5.5, double.PositiveInfinity, double.NaN];
        foreach (ElementType element in Floating)
        {
            Feed x = Feed.Of(new TensorType(element, 8, 1), [.. values]), y = Feed.Of(new TensorType(element, 8), [.. values]);
            Result found = GradientCheck.Evaluate((g, v) => [g.Add(new Mod { Fmod = true }, v[0], v[1])], x, y)[0];
            Plain.Same(Plain.Map(found.Type.Shape, (a, b) => a % b, x, y), found, 0);
        }
    }

    [Fact]
    public void A_remainder_has_the_gradients_of_central_differences_between_its_jumps()
        => Shapes.Broadcast(2, 2).Sample(shapes =>
        {
            // a / b stays a quarter away from whole numbers.
            var random = new Random(80);
            Feed b = Feed.Of(new TensorType(ElementType.Float64, shapes[1]), [.. Feed.Random(81, shapes[1]).Values.Select(_ => random.Next(2) == 0 ? 2.0 : -2.0)]);
            Feed a = Feed.Of(new TensorType(ElementType.Float64, shapes[0]), [.. Feed.Random(82, shapes[0]).Values.Select(_ => random.Next(-4, 4) * 2 + 0.5 + random.NextDouble())]);
            GradientCheck.Run((g, v) => g.Add(new Mod { Fmod = true }, v[0], v[1]), a, b);
        }, iter: 30, threads: 1);

    [Fact]
    public void A_power_keeps_the_base_s_type_whatever_the_exponent_s_is()
    {
        foreach (ElementType element in (ElementType[])[.. Floating, .. Whole])
        {
            foreach (ElementType exponent in (ElementType[])[.. Floating, .. Whole])
            {
                Feed x = Feed.Of(new TensorType(element, 2, 4), 1, 2, 3, 4, 5, 2, 1, 3), y = Feed.Of(new TensorType(exponent, 4), 0, 1, 2, 3);
                Result found = GradientCheck.Evaluate((g, v) => [g.Add(new Pow(), v[0], v[1])], x, y)[0];
                Assert.Equal(new TensorType(element, 2, 4), found.Type);
                Plain.Same(Plain.Map(found.Type.Shape, Math.Pow, x, y), found, Plain.Rounding(element));
            }
        }
    }

    [Fact]
    public void Powers_of_integers_are_exact_and_wrap()
    {
        Result found = GradientCheck.Evaluate((g, v) => [g.Add(new Pow(), v[0], v[1])], Feed.Of(new TensorType(ElementType.Int8, 4), 2, -2, -1, 2), Feed.Longs(new Shape(4), 7, 7, -3, -1))[0];
        Assert.Equal([-128, -128, -1, 0], found.Values);
        // 3^33 has 53 bits: a power by way of a double would be off.
        found = GradientCheck.Evaluate((g, v) => [g.Add(new Sub(), g.Add(new Pow(), v[0], v[1]), g.Constant(TensorData.Longs(5559060566555523L)))], Feed.Longs(new Shape(1), 3), Feed.Longs(new Shape(1), 33))[0];
        Assert.Equal(0, found.Values[0]);
        // A fractional exponent truncates; the square takes the short way through a product, which agrees.
        found = GradientCheck.Evaluate((g, v) => [g.Add(new Pow(), v[0], g.Constant(TensorData.Scalar(0.5f))), g.Add(new Pow(), v[0], g.Constant(TensorData.Scalar(2f)))], Feed.Of(new TensorType(ElementType.Int32, 3), 4, 8, 9))[0];
        Assert.Equal([2, 2, 3], found.Values);
    }

    [Fact]
    public void A_power_has_the_gradients_of_central_differences_under_any_broadcasting()
        => Shapes.Broadcast(2, 2).Sample(shapes => GradientCheck.Run((g, v) => g.Add(new Pow(), v[0], v[1]),
            Feed.Random(new TensorType(ElementType.Float64, shapes[0]), 83, 0.5, 2), Feed.Random(84, shapes[1])), iter: 30, threads: 1);

    [Fact]
    public void Differences_of_unsigned_and_narrow_integers_wrap()
    {
        Assert.Equal([255, 0], GradientCheck.Evaluate((g, v) => [g.Add(new Sub(), v[0], v[1])], Feed.Of(new TensorType(ElementType.UInt8, 2), 1, 2), Feed.Of(new TensorType(ElementType.UInt8, 2), 2, 2))[0].Values);
        Assert.Equal([-128, 127], GradientCheck.Evaluate((g, v) => [g.Add(new Add(), v[0], v[1])], Feed.Of(new TensorType(ElementType.Int8, 2), 127, -128), Feed.Of(new TensorType(ElementType.Int8, 2), 1, -1))[0].Values);
    }
}
