using Headroom.Graph;
using Headroom.Graph.Operators;
using static Headroom.Inference.Tests.Parity.Case;

namespace Headroom.Inference.Tests.Parity;

internal sealed class UnaryCases : CaseFamily
{
    public override IEnumerable<Case> All =>
    [
        Of("LeakyRelu", b => b.Add(new LeakyRelu(), b.F(3, 7))),
        Of("LeakyRelu slope", b => b.Add(new LeakyRelu { Alpha = 0.3f }, b.F(3, 7))),
        Of("Elu", b => b.Add(new Elu(), b.F(3, 7))),
        Of("Elu alpha", b => b.Add(new Elu { Alpha = 1.5f }, b.F(3, 7))),
        Of("Selu", b => b.Add(new Selu(), b.F(3, 7))),
        Of("Selu alpha and gamma", b => b.Add(new Selu { Alpha = 2, Gamma = 3 }, b.F(3, 7))),
        Of("Celu", b => b.Add(new Celu(), b.F(3, 7))),
        Of("Celu alpha", b => b.Add(new Celu { Alpha = 2 }, b.F(3, 7))),
        Of("ThresholdedRelu", b => b.Add(new ThresholdedRelu(), b.F(3, 7))),
        Of("ThresholdedRelu alpha", b => b.Add(new ThresholdedRelu { Alpha = -0.5f }, b.F(3, 7))),
        Of("HardSigmoid", b => b.Add(new HardSigmoid(), b.F(3, 7))),
        Of("HardSigmoid alpha and beta", b => b.Add(new HardSigmoid { Alpha = 0.5f, Beta = 0.6f }, b.F(3, 7))),
        Of("HardSwish", b => b.Add(new HardSwish(), b.F(3, 7))),
        Of("Swish", b => b.Add(new Swish(), b.F(3, 7))),
        Of("Swish alpha", b => b.Add(new Swish { Alpha = 1.75f }, b.F(3, 7))),
        Of("SwiGLU", b => b.Add(new SwiGLU(), b.F(3, 7), b.F(3, 7))),
        Of("SwiGLU alpha", b => b.Add(new SwiGLU { Alpha = 0.5f }, b.F(3, 7), b.F(3, 7))),
        Of("Softplus", b => b.Add(new Softplus(), b.F(3, 7))),
        Of("Softsign", b => b.Add(new Softsign(), b.F(3, 7))),
        Of("Mish", b => b.Add(new Mish(), b.F(3, 7))),
        Of("PRelu channels", b => b.Add(new PRelu(), b.F(2, 3, 4, 5), b.F(3, 1, 1))),
        Of("PRelu shared", b => b.Add(new PRelu(), b.F(3, 7), b.F(1))),
        Of("PRelu elements", b => b.Add(new PRelu(), b.F(3, 7), b.F(3, 7))),
        Of("Hardmax last", b => b.Add(new Hardmax(), b.F(3, 7))),
        Of("Hardmax middle", b => b.Add(new Hardmax { Axis = 1 }, b.F(3, 5, 2))),
        Of("Reciprocal", b => b.Add(new Reciprocal(), b.Positive(3, 7))),
        Of("Abs", b => b.Add(new Abs(), b.F(3, 7))),
        Of("Abs int64", b => b.Add(new Abs(), b.I(-9, 9, 11))),
        Of("Sign", b => b.Add(new Sign(), b.F(3, 7))),
        Of("Sign int32", b => b.Add(new Sign(), b.I32(-2, 3, 11))),
        Of("Ceil", b => b.Add(new Ceil(), b.F(3, 7))),
        Of("Floor", b => b.Add(new Floor(), b.F(3, 7))),
        Of("Round", b => b.Add(new Round(), b.F(3, 7))),
        Of("Round halves", b => b.Add(new Round(), b.Add(new Mul(), b.Add(new Cast { To = ElementType.Float32 }, b.I(-7, 8, 23)), b.Number(0.5f)))),
        Of("Sin", b => b.Add(new Sin(), b.F(3, 7))),
        Of("Cos", b => b.Add(new Cos(), b.F(3, 7))),
        Of("Not", b => b.Add(new Not(), b.Bools(3, 7))),
        Of("IsNaN", b => b.Add(new IsNaN(), b.Add(new Log(), b.F(3, 7)))),
        Of("IsInf", b => b.Add(new IsInf(), Quotients(b))),
        Of("IsInf positive", b => b.Add(new IsInf { DetectNegative = false }, Quotients(b))),
        Of("IsInf negative", b => b.Add(new IsInf { DetectPositive = false }, Quotients(b))),
    ];

    // Both infinities, NaN and numbers.
    private static Value Quotients(CaseBuilder b) => b.Add(new Div(), b.Add(new Cast { To = ElementType.Float32 }, b.I(-1, 2, 31)), b.Add(new Cast { To = ElementType.Float32 }, b.I(0, 2, 31)));
}
