using Headroom.Graph;
using Headroom.Graph.Operators;
using static Headroom.Inference.Tests.Parity.Case;

namespace Headroom.Inference.Tests.Parity;

internal sealed class NormalizationCases : CaseFamily
{
    public override IEnumerable<Case> All =>
    [
        Of("RMSNormalization", b => b.Add(new RMSNormalization(), b.F(3, 4, 17), b.W(17))),
        Of("RMSNormalization two axes", b => b.Add(new RMSNormalization { Axis = -2, Epsilon = 0.1f }, b.F(3, 4, 7), b.W(4, 7))),
        Of("RMSNormalization broadcast scale", b => b.Add(new RMSNormalization { Axis = -2 }, b.F(3, 4, 7), b.W(7))),
        Of("RMSNormalization front axis", b => b.Add(new RMSNormalization { Axis = 1 }, b.F(3, 4, 7), b.W(4, 7))),
        Of("GroupNormalization", b => b.Add(new GroupNormalization { Groups = 2 }, b.F(3, 6, 5, 4), b.W(6), b.W(6))),
        Of("GroupNormalization per group", b => b.Add(new GroupNormalization { Groups = 2, PerGroup = true, Epsilon = 1e-2f }, b.F(3, 6, 5, 4), b.W(2), b.W(2))),
        Of("GroupNormalization of vectors", b => b.Add(new GroupNormalization { Groups = 3 }, b.F(4, 6, 3), b.W(6), b.W(6))),
        Of("GroupNormalization three axes", b => b.Add(new GroupNormalization { Groups = 4, Epsilon = 1e-3f }, b.F(2, 4, 3, 2, 5), b.W(4), b.W(4))),
        Of("InstanceNormalization", b => b.Add(new InstanceNormalization(), b.F(2, 3, 5, 7), b.W(3), b.W(3))),
        Of("InstanceNormalization one axis", b => b.Add(new InstanceNormalization { Epsilon = 1e-2f }, b.F(2, 3, 19), b.W(3), b.W(3))),
        Of("MeanVarianceNormalization", b => b.Add(new MeanVarianceNormalization(), b.F(3, 4, 5, 2))),
        Of("MeanVarianceNormalization across channels", b => b.Add(new MeanVarianceNormalization { Axes = [0, 1, 2, 3] }, b.F(3, 4, 5, 2))),
        Of("LRN", b => b.Add(new LRN { Size = 3 }, b.F(2, 5, 4, 3))),
        Of("LRN strong", b => b.Add(new LRN { Size = 5, Alpha = 0.5f, Beta = 0.6f, Bias = 2 }, b.F(2, 7, 4, 6))),
        Of("BatchNormalization fp64", b => b.Add(new BatchNormalization(), b.D(3, 4, 5), D(b, b.W(4)), D(b, b.W(4)), D(b, b.W(4)), D(b, b.Statistic(4)))),
        new("LayerNormalization statistics", b => b.AddMany(new LayerNormalization { Axis = 2 }, 3, b.F(2, 3, 4, 5), b.W(4, 5), b.W(4, 5)), 17),
        new("LayerNormalization all axes", b => b.AddMany(new LayerNormalization { Axis = 0, Epsilon = 0.1f }, 3, b.F(2, 3, 4), b.W(2, 3, 4), b.W(2, 3, 4)), 17),
        Of("Gemm broadcast column", b => b.Add(new Gemm { Alpha = 0.25f, Beta = 0.35f, TransposeA = true, TransposeB = true }, b.F(4, 3), b.F(5, 4), b.F(3, 1))),
        Of("MatMul int32", b => b.Add(new MatMul(), b.I32(-9, 9, 2, 3, 4), b.I32(-9, 9, 4, 5))),
        Of("MatMul dot", b => b.Add(new MatMul(), b.F(7), b.F(7))),
        Of("MatMul fp64 by a vector", b => b.Add(new MatMul(), b.D(2, 3, 4), b.D(4))),
    ];

    private static Value D(CaseBuilder b, Value v) => b.Add(new Cast { To = ElementType.Float64 }, v);
}
