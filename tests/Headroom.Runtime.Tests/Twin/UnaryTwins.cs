using Headroom.Graph;
using Headroom.Graph.Operators;
using Headroom.Runtime.LibTorch;

namespace Headroom.Runtime.Tests.Twin;

internal sealed class UnaryTwins : TwinFamily
{
    public override IEnumerable<TwinCase> All =>
    [
        Of(new Neg(), "neg"),
        Of(new Abs(), "abs"),
        Of(new Exp(), "exp"),
        Of(new Log(), "log", low: 0.1),
        Of(new Sqrt(), "sqrt", low: 0.1),
        Of(new Reciprocal(), "reciprocal", low: 0.3),
        Of(new Erf(), "erf"),
        Of(new Sin(), "sin", -9, 9),
        Of(new Cos(), "cos", -9, 9),
        Of(new Tanh(), "tanh"),
        Of(new Sigmoid(), "sigmoid", -9, 9),
        Of(new Relu(), "relu"),
        Of(new Swish(), "silu", -9, 9),
        Of(new Mish(), "mish", -9, 9),
        Of(new HardSwish(), "hardswish", -5, 5),
        Of(new HardSigmoid { Alpha = 1f / 6 }, "hardsigmoid", -5, 5) with { Tolerance = 1e-7 },
        Of(new Selu(), "selu") with { Tolerance = 1e-7 },
        Of(new Softplus(), (t, x) => t.Op("logaddexp", x, t.Number(0)), -30, 30),
        Of(new Gelu(), (t, x) => t.Op("gelu", x, "none"), -5, 5),
        new("Gelu tanh", d => [d.Feed(d.Dims(), -5, 5)], (g, x) => g.Add(new Gelu { Form = GeluForm.Tanh }, x[0]), (t, x) => t.Op("gelu", x[0], "tanh")),
        Of(new Softsign(), (t, x) => t.Op("div.Tensor", x, t.Add(t.Op("abs", x), t.Op("ones_like", x, null, null, null, null, null)))),
        Of(new LeakyRelu { Alpha = 0.3f }, (t, x) => Piecewise(t, x, t.Op("mul.Tensor", x, t.Number(0.3f)))),
        new("LeakyRelu negative", d => [d.Feed(d.Dims())], (g, x) => g.Add(new LeakyRelu { Alpha = -0.3f }, x[0]), (t, x) => Piecewise(t, x[0], t.Op("mul.Tensor", x[0], t.Number(-0.3f)))),
        Of(new Elu { Alpha = 1.5f }, (t, x) => Piecewise(t, x, t.Op("mul.Tensor", t.Op("expm1", x), t.Number(1.5)))),
        new("Elu negative", d => [d.Feed(d.Dims())], (g, x) => g.Add(new Elu { Alpha = -1.5f }, x[0]), (t, x) => Piecewise(t, x[0], t.Op("mul.Tensor", t.Op("expm1", x[0]), t.Number(-1.5)))),
        Of(new Celu { Alpha = 0.25f }, (t, x) => Piecewise(t, x, t.Op("mul.Tensor", t.Op("expm1", t.Op("div.Tensor", x, t.Number(0.25))), t.Number(0.25)))),
        Of(new ThresholdedRelu { Alpha = 0.5f }, (t, x) => t.Op("where.self", t.Op("gt.Tensor", x, t.Number(0.5)), x, t.Number(0))),
        new("Swish scaled", d => [d.Feed(d.Dims())], (g, x) => g.Add(new Swish { Alpha = 1.75f }, x[0]), (t, x) => t.Op("mul.Tensor", x[0], t.Op("sigmoid", t.Op("mul.Tensor", x[0], t.Number(1.75))))),
        new("Clip", d => [d.Feed(d.Dims())], (g, x) => g.Add(new Clip(), x[0], Constant(g, -0.7), Constant(g, 0.9)), (t, x) => t.Op("clamp.Tensor", x[0], new Some(t.Number(-0.7)), new Some(t.Number(0.9)))),
        new("SwiGLU", Pair, (g, x) => g.Add(new SwiGLU(), x), (t, x) => t.Op("mul.Tensor", t.Op("silu", x[0]), x[1])),
        new("PRelu", Slopes, (g, x) => g.Add(new PRelu(), x), (t, x) => t.Op("where.self", t.Op("lt.Tensor", x[0], t.Number(0)), t.Op("mul.Tensor", x[0], x[1]), x[0])),
        new("Softmax", AxisInput, (g, x) => g.Add(new Softmax { Axis = -2 }, x[0]), (t, x) => t.Op("softmax.int", x[0], -2, null)),
        new("LogSoftmax", AxisInput, (g, x) => g.Add(new LogSoftmax { Axis = -2 }, x[0]), (t, x) => t.Op("log_softmax.int", x[0], -2, null)),
    ];

    private static TwinCase Of(Operator op, string aten, double low = -2, double high = 2) => Of(op, (t, x) => t.Op(aten, x), low, high);

    private static TwinCase Of(Operator op, Func<Tape, Tensor, Tensor> theirs, double low = -2, double high = 2)
        => new(op.Name, d => [d.Feed(d.Dims(), low, high)], (g, x) => g.Add(op, x[0]), (t, x) => theirs(t, x[0]));

    // The identity above zero.
    private static Tensor Piecewise(Tape t, Tensor x, Tensor below) => t.Op("where.self", t.Op("gt.Tensor", x, t.Number(0)), x, below);

    private static Value Constant(TypedBuilder g, double value) => g.Constant(TensorData.Fill(ElementType.Float64, Shape.Scalar, value));

    private static Feed[] Pair(Draw d)
    {
        long[] dims = d.Dims();
        return [d.Feed(dims), d.Feed(dims)];
    }

    private static Feed[] Slopes(Draw d)
    {
        long[] dims = d.Dims();
        return [d.Feed(dims), d.Feed(d.Broadcastable(dims))];
    }

    private static Feed[] AxisInput(Draw d) => [d.Feed(d.Dims(2, 4), -4, 4)];
}
