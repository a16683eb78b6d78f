using Headroom.Graph;
using Headroom.Graph.Operators;
using static Headroom.Inference.Tests.Parity.Case;

namespace Headroom.Inference.Tests.Parity;

internal sealed class ReductionCases : CaseFamily
{
    public override IEnumerable<Case> All =>
    [
        Of("ReduceMin axes", b => b.Add(new ReduceMin(), b.F(3, 4, 5), b.L(-2))),
        Of("ReduceMin all", b => b.Add(new ReduceMin { KeepDims = false }, b.F(3, 4, 5))),
        Of("ReduceMin int32", b => b.Add(new ReduceMin { FixedAxes = [1] }, b.I32(-9, 9, 3, 4))),
        Of("ReduceMin bool", b => b.Add(new ReduceMin(), b.Bools(5, 2), b.L(1)), 20),
        Of("ReduceMax bool", b => b.Add(new ReduceMax { KeepDims = false }, b.Bools(5, 2), b.L(1)), 20),
        Of("ReduceMean int32", b => b.Add(new ReduceMean(), b.I32(-20, 20, 3, 5), b.L(1))),
        Of("ReduceProd axes", b => b.Add(new ReduceProd(), b.F(3, 4, 5), b.L(0, 2))),
        Of("ReduceProd all", b => b.Add(new ReduceProd { KeepDims = false }, b.Positive(3, 4))),
        Of("ReduceProd int64", b => b.Add(new ReduceProd(), b.I(-3, 4, 4, 3), b.L(1))),
        Of("ReduceL1 axes", b => b.Add(new ReduceL1(), b.F(3, 4, 5), b.L(1))),
        Of("ReduceL1 noop", b => b.Add(new ReduceL1 { NoopWithEmptyAxes = true }, b.F(3, 4), b.L()), 18),
        Of("ReduceL2 axes", b => b.Add(new ReduceL2 { KeepDims = false }, b.F(3, 4, 5), b.L(0, -1))),
        Of("ReduceL2 all", b => b.Add(new ReduceL2(), b.D(3, 4))),
        Of("ReduceSumSquare axes", b => b.Add(new ReduceSumSquare { FixedAxes = [2] }, b.F(3, 4, 5))),
        Of("ReduceSumSquare noop", b => b.Add(new ReduceSumSquare { NoopWithEmptyAxes = true }, b.F(3, 4), b.L()), 18),
        Of("ReduceLogSum axes", b => b.Add(new ReduceLogSum(), b.Positive(3, 4, 5), b.L(1))),
        Of("ReduceLogSumExp axes", b => b.Add(new ReduceLogSumExp(), b.F(3, 4, 5), b.L(1))),
        Of("ReduceLogSumExp all", b => b.Add(new ReduceLogSumExp { KeepDims = false }, b.D(3, 4))),
        Of("ArgMax default", b => b.Add(new ArgMax(), b.F(3, 4))),
        Of("ArgMax last of equals", b => b.Add(new ArgMax { Axis = -1, KeepDims = false, SelectLastIndex = true }, b.I32(0, 3, 4, 9))),
        Of("ArgMin middle", b => b.Add(new ArgMin { Axis = 1 }, b.F(3, 5, 4))),
        Of("ArgMin equals", b => b.Add(new ArgMin { Axis = 0, KeepDims = false }, b.I32(0, 3, 9, 4))),
        new("TopK greatest", b => b.AddMany(new TopK(), 2, b.F(3, 7), b.L(4))),
        new("TopK least middle", b => b.AddMany(new TopK { Axis = 1, Largest = false }, 2, b.F(3, 7, 2), b.L(3))),
        new("TopK equals", b => b.AddMany(new TopK(), 2, b.I(0, 3, 3, 9), b.L(5))),
        Of("CumSum plain", b => b.Add(new CumSum(), b.F(3, 4, 5), b.Number(1L))),
        Of("CumSum exclusive reverse", b => b.Add(new CumSum { Exclusive = true, Reverse = true }, b.F(3, 4), b.Number(-1L))),
        Of("CumSum int64", b => b.Add(new CumSum { Reverse = true }, b.I(-5, 5, 7), b.Number(0L))),
        Of("LpNormalization default", b => b.Add(new LpNormalization(), b.F(3, 4, 5))),
        Of("LpNormalization first p 1", b => b.Add(new LpNormalization { Axis = 0, P = 1 }, b.F(3, 4, 5))),
        Of("NegativeLogLikelihoodLoss mean", b => b.Add(new NegativeLogLikelihoodLoss(), b.F(6, 5), b.I(0, 5, 6))),
        Of("NegativeLogLikelihoodLoss weighted", b => b.Add(new NegativeLogLikelihoodLoss { IgnoreIndex = 1 }, b.F(3, 5, 2, 2), b.I(0, 5, 3, 2, 2), b.Positive(5))),
        Of("NegativeLogLikelihoodLoss none", b => b.Add(new NegativeLogLikelihoodLoss { Reduction = LossReduction.None }, b.F(3, 5, 2), b.I32(0, 5, 3, 2))),
        Of("NegativeLogLikelihoodLoss sum", b => b.Add(new NegativeLogLikelihoodLoss { Reduction = LossReduction.Sum }, b.F(3, 5, 2), b.I(0, 5, 3, 2))),
        new("SoftmaxCrossEntropyLoss with log-probabilities", b => b.AddMany(new SoftmaxCrossEntropyLoss { IgnoreIndex = 1 }, 2, b.F(3, 5, 2, 2), b.I(0, 5, 3, 2, 2), b.Positive(5))),
        Of("Einsum product", b => b.Add(new Einsum { Equation = "bij,bjk->bik" }, b.F(2, 3, 4), b.F(2, 4, 5))),
        Of("Einsum implied", b => b.Add(new Einsum { Equation = "kb,ka" }, b.F(3, 2), b.F(3, 4))),
        Of("Einsum ellipsis", b => b.Add(new Einsum { Equation = "...ij,...kj->...ki" }, b.F(2, 1, 3, 4), b.F(2, 5, 6, 4))),
        Of("Einsum diagonal", b => b.Add(new Einsum { Equation = "...ii->...i" }, b.F(2, 3, 3))),
        Of("Einsum three", b => b.Add(new Einsum { Equation = "ab,bc,cd->da" }, b.F(2, 3), b.F(3, 4), b.F(4, 5))),
        Of("Einsum sum", b => b.Add(new Einsum { Equation = "ij->i" }, b.D(3, 4))),
        Of("OneHot last", b => b.Add(new OneHot(), b.I(-9, 9, 3, 2), b.Number(6L), b.F(2))),
        Of("OneHot first", b => b.Add(new OneHot { Axis = 0 }, b.I(0, 5, 3, 2), b.Number(5L), b.I(-3, 9, 2))),
        Of("EyeLike typed", b => b.Add(new Add(), b.F(4, 6), b.Add(new EyeLike { Element = ElementType.Float32, Diagonal = 1 }, b.F(4, 6)))),
        Of("EyeLike input's type", b => b.Add(new Mul(), b.D(40, 50), b.Add(new EyeLike { Diagonal = -3 }, b.D(40, 50)))),
    ];
}
