using CsCheck;
using Headroom.Graph;
using Headroom.Graph.Operators;

namespace Headroom.Runtime.Tests.Operators;

public sealed class UnaryTests
{
    private static readonly ElementType[] Floats = [ElementType.Float64, ElementType.Float32, ElementType.Float16, ElementType.BFloat16];

    private static readonly Gen<long[]> Shapes = Gen.OneOf(Gen.Const(Array.Empty<long>()), Gen.Long[0, 4].Array[1, 3], Gen.Long[15, 37].Array[1, 1]);

    // Either sign, never near 0, where some operators aren't differentiable in x.
    private static readonly Gen<float> Parameter = Gen.OneOf(Gen.Float[0.2f, 2], Gen.Float[-1.5f, -0.2f]);

    public static TheoryData<string> Names() => [.. UnarySubject.Names];

    [Theory]
    [MemberData(nameof(Names))]
    public void Values_agree_with_the_formula_in_every_floating_type(string name) => Gen.Select(Shapes, Parameter, Parameter, Gen.Int[0, 1 << 20]).Sample((dims, alpha, beta, seed) =>
    {
        UnarySubject subject = UnarySubject.Of(name, alpha, beta);
        foreach (ElementType element in Floats)
        {
            Feed x = subject.Feed(new TensorType(element, dims), seed);
            Plain.Same([.. x.Values.Select(subject.Formula)], GradientCheck.Evaluate((g, v) => [g.Add(subject.Operator, v[0])], x)[0], Plain.Rounding(element));
        }
    }, iter: 20);

    [Theory]
    [MemberData(nameof(Names))]
    public void Gradients_agree_with_central_differences(string name) => Gen.Select(Shapes, Parameter, Parameter, Gen.Int[0, 1 << 20]).Sample((dims, alpha, beta, seed) =>
    {
        UnarySubject subject = UnarySubject.Of(name, alpha, beta);
        GradientCheck.Run((g, v) => g.Add(subject.Operator, v[0]), subject.Feed(new TensorType(ElementType.Float64, dims), seed));
    }, iter: 20);

    [Theory]
    [MemberData(nameof(Names))]
    public void Gradients_of_the_short_types_are_those_of_fp64_rounded(string name)
    {
        UnarySubject subject = UnarySubject.Of(name);
        foreach (ElementType element in Floats)
        {
            Feed x = subject.Feed(new TensorType(element, 3, 37), 3);
            double[] exact = Gradient(subject.Operator, Feed.Of(new TensorType(ElementType.Float64, 3, 37), [.. x.Values])), found = Gradient(subject.Operator, x);
            for (int i = 0; i < exact.Length; i++) Assert.Equal(exact[i], found[i], Plain.Rounding(element) * 2 * Math.Max(1, Math.Abs(exact[i])));
        }
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Windows_are_read_as_they_lie(string name)
    {
        UnarySubject subject = UnarySubject.Of(name);
        Feed x = subject.Feed(new TensorType(ElementType.Float64, 19, 23), 4);
        Result found = GradientCheck.Evaluate((g, v) => [g.Add(subject.Operator, g.Add(new Transpose(), v[0]))], x)[0];
        for (int i = 0; i < found.Values.Length; i++) Assert.Equal(subject.Formula(x.Values[i % 19 * 23 + i / 19]), found.Values[i], 1e-12);
        Feed few = subject.Feed(new TensorType(ElementType.Float64, 4, 3), 5);
        GradientCheck.Run((g, v) => g.Add(subject.Operator, g.Add(new Transpose(), v[0])), few);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void A_number_gives_the_same_wherever_it_stands(string name)
    {
        UnarySubject subject = UnarySubject.Of(name);
        foreach (ElementType element in (ElementType[])[ElementType.Float32, ElementType.BFloat16])
        {
            Feed x = subject.Feed(new TensorType(element, 40007), 6), shifted = Feed.Of(new TensorType(element, 39996), x.Values[11..]);
            GradientCheck.Function f = (g, v) => [g.Add(subject.Operator, v[0])];
            Assert.Equal(GradientCheck.Evaluate(f, x)[0].Values[11..], GradientCheck.Evaluate(f, shifted)[0].Values);
        }
    }

    [Theory]
    [InlineData("Elu")]
    [InlineData("Selu")]
    [InlineData("Celu")]
    [InlineData("Softplus")]
    [InlineData("Mish")]
    [InlineData("Swish")]
    [InlineData("HardSigmoid")]
    [InlineData("Softsign")]
    public void Large_and_tiny_numbers_neither_overflow_nor_vanish(string name)
    {
        UnarySubject subject = UnarySubject.Of(name, 1, 1);
        foreach (ElementType element in (ElementType[])[ElementType.Float64, ElementType.Float32])
        {
            double[] xs = [-1000, -100, 100, 1000, 3e8, 1e-6, -1e-6, 1e-9, -1e-9];
            Feed x = Feed.Of(new TensorType(element, xs.Length), xs);
            Result y = GradientCheck.Evaluate((g, v) => [g.Add(subject.Operator, v[0])], x)[0];
            double[] dx = Gradient(subject.Operator, x);
            for (int i = 0; i < xs.Length; i++)
            {
                double expected = name switch
                {
                    "Elu" or "Selu" or "Celu" => x.Values[i] > 0 ? x.Values[i] : Math.Abs(x.Values[i]) < 1e-3 ? x.Values[i] + x.Values[i] * x.Values[i] / 2 : Math.Exp(x.Values[i]) - 1,
                    "Softplus" => Math.Max(x.Values[i], 0) + Math.Log(1 + Math.Exp(-Math.Abs(x.Values[i]))),
                    "Mish" when x.Values[i] > 50 => x.Values[i],
                    _ => subject.Formula(x.Values[i]),
                };
                Assert.Equal(expected, y.Values[i], Plain.Rounding(element) * Math.Abs(expected) + 1e-30);
                Assert.InRange(dx[i], -1e-9, 1 + 1e-6);
            }
        }
    }

    [Fact]
    public void Not_a_number_stays_one()
    {
        foreach (string name in UnarySubject.Names.Except(["ThresholdedRelu"])) // it isn't above any threshold
            foreach (ElementType element in Floats)
                Assert.Equal([double.NaN], GradientCheck.Evaluate((g, v) => [g.Add(UnarySubject.Of(name).Operator, v[0])], Feed.Of(new TensorType(element, 1), double.NaN))[0].Values);
    }

    [Fact]
    public void Halves_are_rounded_to_the_even_neighbour()
    {
        double[] x = [-2.5, -1.5, -0.5, 0.5, 1.5, 2.5, 2.4, -2.6], expected = [-2, -2, 0, 0, 2, 2, 2, -3];
        foreach (ElementType element in Floats)
            Assert.Equal(expected, GradientCheck.Evaluate((g, v) => [g.Add(new Round(), v[0])], Feed.Of(new TensorType(element, 8), [.. x]))[0].Values);
    }

    [Fact]
    public void Signs_and_absolute_values_hold_for_integers()
    {
        foreach (ElementType element in (ElementType[])[ElementType.Int8, ElementType.Int32, ElementType.Int64])
        {
            Feed x = Feed.Of(new TensorType(element, 4), -7, 0, 3, 100);
            Assert.Equal([-1, 0, 1, 1], GradientCheck.Evaluate((g, v) => [g.Add(new Sign(), v[0])], x)[0].Values);
            Assert.Equal([7, 0, 3, 100], GradientCheck.Evaluate((g, v) => [g.Add(new Abs(), v[0])], x)[0].Values);
            Assert.Equal([7, 0, -3, -100], GradientCheck.Evaluate((g, v) => [g.Add(new Neg(), v[0])], x)[0].Values);
            Assert.Equal([0, 0, 3, 100], GradientCheck.Evaluate((g, v) => [g.Add(new Relu(), v[0])], x)[0].Values);
        }
        Feed bytes = Feed.Of(new TensorType(ElementType.UInt8, 70), [.. Enumerable.Range(0, 70).Select(i => i * 3.0)]);
        Assert.Equal(bytes.Values.Select(v => v > 0 ? 1.0 : 0), GradientCheck.Evaluate((g, v) => [g.Add(new Sign(), v[0])], bytes)[0].Values);
        Assert.Equal(bytes.Values, GradientCheck.Evaluate((g, v) => [g.Add(new Abs(), v[0])], bytes)[0].Values);
    }

    [Fact]
    public void Not_turns_bools_round()
        => Assert.Equal([0, 1, 1], GradientCheck.Evaluate((g, v) => [g.Add(new Not(), v[0])], Feed.Of(new TensorType(ElementType.Bool, 3), 1, 0, 0))[0].Values);

    [Fact]
    public void Infinities_and_nans_are_found_in_every_floating_type()
    {
        double[] x = [double.NaN, double.PositiveInfinity, double.NegativeInfinity, 0, -1, 60000];
        foreach (ElementType element in Floats)
        {
            double[] Found(Operator op) => GradientCheck.Evaluate((g, v) => [g.Add(op, v[0])], Feed.Of(new TensorType(element, 6), [.. x]))[0].Values;
            Assert.Equal([1, 0, 0, 0, 0, 0], Found(new IsNaN()));
            Assert.Equal([0, 1, 1, 0, 0, 0], Found(new IsInf()));
            Assert.Equal([0, 1, 0, 0, 0, 0], Found(new IsInf { DetectNegative = false }));
            Assert.Equal([0, 0, 1, 0, 0, 0], Found(new IsInf { DetectPositive = false }));
            Assert.Equal([0, 0, 0, 0, 0, 0], Found(new IsInf { DetectPositive = false, DetectNegative = false }));
        }
        Assert.Empty(GradientCheck.Evaluate((g, v) => [g.Add(new IsNaN(), v[0])], Feed.Random(1, 0, 3))[0].Values);
    }

    [Fact]
    public void Flat_operators_stop_the_gradient()
    {
        foreach (Operator op in (Operator[])[new Sign(), new Ceil(), new Floor(), new Round(), new Hardmax()])
            GradientCheck.Run((g, v) => g.Add(op, v[0]), Feed.Of(new TensorType(ElementType.Float64, 3), 0.3, -1.2, 2.7));
    }

    private static double[] Gradient(Operator op, Feed x) => GradientCheck.Evaluate((g, v) =>
    {
        Value loss = g.Add(new ReduceSum { KeepDims = false }, g.Add(op, v[0])), gradient = Value.None;
        Differentiate.Run(g, loss, [v[0]], (_, found) => gradient = found);
        return [gradient.Exists ? gradient : g.Add(new Mul(), v[0], g.Constant(TensorData.Fill(x.Type.Element, Shape.Scalar, 0)))];
    }, x)[0].Values;
}
