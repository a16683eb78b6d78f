using Headroom.Graph;
using Headroom.Graph.Operators;

namespace Headroom.Runtime.Tests.Operators;

public sealed class ActivationTests
{
    public static TheoryData<string> Names() => ["Relu", "Sigmoid", "Tanh", "Gelu", "GeluTanh"];

    [Theory]
    [MemberData(nameof(Names))]
    public void Activations_agree_with_their_formula_and_with_central_differences(string name)
    {
        foreach (long[] dims in (long[][])[[3, 37], [], [1], [0, 2], [2, 3, 5]])
        {
            GradientCheck.Run((g, x) => g.Add(Make(name), x[0]), Feed.Random(1, dims));
            foreach (ElementType element in (ElementType[])[ElementType.Float64, ElementType.Float32, ElementType.BFloat16])
            {
                Feed x = Feed.Random(new TensorType(element, dims), 2, -3, 3);
                Plain.Same([.. x.Values.Select(v => Formula(name, v))], GradientCheck.Evaluate((g, v) => [g.Add(Make(name), v[0])], x)[0], Plain.Rounding(element));
            }
        }
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Gradients_in_bf16_are_those_of_fp64_rounded(string name)
    {
        Feed wide = Feed.Random(new TensorType(ElementType.BFloat16, 5, 33), 3);
        Result narrow = Gradient(name, wide), exact = Gradient(name, Feed.Of(new TensorType(ElementType.Float64, 5, 33), [.. wide.Values]));
        for (int i = 0; i < exact.Values.Length; i++) Assert.Equal(exact.Values[i], narrow.Values[i], 0.02);
    }

    [Fact]
    public void Activations_read_windows_as_they_lie()
    {
        Feed x = Feed.Random(4, 4, 6);
        foreach (string name in (string[])["Relu", "Sigmoid", "Tanh"])
            GradientCheck.Run((g, v) => g.Add(Make(name), g.Add(new Transpose(), v[0])), x);
    }

    [Fact]
    public void Relu_keeps_nan_and_gives_no_gradient_at_zero()
    {
        Feed x = Feed.Of(new TensorType(ElementType.Float32, 3), double.NaN, -1, 2);
        Assert.Equal([double.NaN, 0, 2], GradientCheck.Evaluate((g, v) => [g.Add(new Relu(), v[0])], x)[0].Values);
        Feed dy = Feed.Of(new TensorType(ElementType.Float32, 3), 5, 6, 7), y = Feed.Of(new TensorType(ElementType.Float32, 3), 0, -0.0, 1);
        Assert.Equal([0, 0, 7], GradientCheck.Evaluate((g, v) => [g.Add(new ReluGradient(), v[0], v[1])], dy, y)[0].Values);
    }

    [Fact]
    public void Clip_takes_either_limit_or_both_or_none()
    {
        Feed x = Feed.Of(new TensorType(ElementType.Float64, 5), -2, -0.5, 0.25, 0.75, 3);
        foreach ((double? min, double? max) in ((double?, double?)[])[(-1, 1), (null, 0.5), (0, null), (null, null)])
        {
            Value Function(TypedBuilder g, Value[] v) => g.Add(new Clip(), v[0], Limit(g, min), Limit(g, max));
            GradientCheck.Run(Function, x);
            double[] expected = [.. x.Values.Select(v => Math.Min(Math.Max(v, min ?? double.MinValue), max ?? double.MaxValue))];
            Assert.Equal(expected, GradientCheck.Evaluate((g, v) => [Function(g, v)], x)[0].Values);
        }
        Assert.Equal([1, 1, 1, 1, 1], GradientCheck.Evaluate((g, v) => [g.Add(new Clip(), v[0], Limit(g, 2), Limit(g, 1))], x)[0].Values);
    }

    [Fact]
    public void Clip_holds_for_integers_and_for_limits_that_are_fed()
    {
        Result found = GradientCheck.Evaluate((g, v) => [g.Add(new Clip(), v[0], v[1], v[2])], Feed.Longs(new Shape(3), -5, 3, 9), Feed.Longs(Shape.Scalar, 0), Feed.Longs(new Shape(1), 4))[0];
        Assert.Equal([0, 3, 4], found.Values);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void The_softmaxes_agree_with_a_plain_loop_on_every_axis(bool logarithm)
    {
        var shape = new Shape(3, 5, 7);
        for (int axis = -3; axis < 3; axis++)
        {
            int at = axis;
            Value Function(TypedBuilder g, Value v) => g.Add(logarithm ? new LogSoftmax { Axis = at } : new Softmax { Axis = at }, v);
            GradientCheck.Run((g, v) => Function(g, v[0]), Feed.Random(5, 3, 5, 7));
            foreach (ElementType element in (ElementType[])[ElementType.Float64, ElementType.Float32, ElementType.BFloat16])
            {
                Feed x = Feed.Random(new TensorType(element, shape), 6, -4, 4);
                double[] expected = Reference(x, shape.Axis(axis), logarithm);
                Result found = GradientCheck.Evaluate((g, v) => [Function(g, v[0])], x)[0];
                Plain.Same(expected, found, Plain.Rounding(element) * 2);

                // Once more over a buffer that nobody else reads, which the plan lets it take.
                Result over = GradientCheck.Evaluate((g, v) => [Function(g, g.Add(new Neg(), g.Add(new Neg(), v[0])))], x)[0];
                Assert.Equal(found.Values, over.Values);
            }
        }
    }

    [Fact]
    public void The_softmaxes_hold_for_rows_of_one_and_of_none()
    {
        foreach (Operator op in (Operator[])[new Softmax(), new LogSoftmax()])
        {
            GradientCheck.Run((g, v) => g.Add(op, v[0]), Feed.Random(7, 3, 1));
            GradientCheck.Run((g, v) => g.Add(op, v[0]), Feed.Random(8, 0, 4));
            GradientCheck.Run((g, v) => g.Add(op, v[0]), Feed.Random(9, 4, 0));
        }
    }

    [Fact]
    public void Large_logits_do_not_overflow()
    {
        Feed x = Feed.Of(new TensorType(ElementType.Float32, 2), 1e4, -1e4);
        Assert.Equal([1, 0], GradientCheck.Evaluate((g, v) => [g.Add(new Softmax(), v[0])], x)[0].Values);
        Assert.Equal([0, -2e4], GradientCheck.Evaluate((g, v) => [g.Add(new LogSoftmax(), v[0])], x)[0].Values);
    }

    private static Result Gradient(string name, Feed x) => GradientCheck.Evaluate((g, v) =>
    {
        Value loss = g.Add(new ReduceSum { KeepDims = false }, g.Add(Make(name), v[0])), gradient = Value.None;
        Differentiate.Run(g, loss, [v[0]], (_, found) => gradient = found);
        return [gradient];
    }, x)[0];

    private static Value Limit(TypedBuilder g, double? limit) => limit is double l ? g.Constant(TensorData.Fill(ElementType.Float64, Shape.Scalar, l)) : Value.None;

    private static double[] Reference(Feed x, int axis, bool logarithm)
    {
        Shape shape = x.Type.Shape;
        var result = new double[x.Values.Length];
        for (int i = 0; i < result.Length; i++)
        {
            long[] at = Plain.Coordinates(shape, i);
            double sum = 0;
            for (long k = 0; k < shape[axis]; k++)
            {
                at[axis] = k;
                sum += Math.Exp(x.Values[Plain.Index(shape, at)]);
            }
            result[i] = logarithm ? x.Values[i] - Math.Log(sum) : Math.Exp(x.Values[i]) / sum;
        }
        return result;
    }

    private static Operator Make(string name) => name switch
    {
        "Relu" => new Relu(),
        "Sigmoid" => new Sigmoid(),
        "Tanh" => new Tanh(),
        "Gelu" => new Gelu(),
        _ => new Gelu { Form = GeluForm.Tanh },
    };

    private static double Formula(string name, double x) => name switch
    {
        "Relu" => Math.Max(x, 0),
        "Sigmoid" => 1 / (1 + Math.Exp(-x)),
        "Tanh" => Math.Tanh(x),
        "Gelu" => 0.5 * x * (1 + Plain.Erf(x / Math.Sqrt(2))),
        _ => 0.5 * x * (1 + Math.Tanh(Math.Sqrt(2 / Math.PI) * (x + 0.044715 * x * x * x))),
    };
}
