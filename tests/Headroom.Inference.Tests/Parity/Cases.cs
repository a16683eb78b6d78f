using Headroom.Graph;
using Headroom.Graph.Operators;
using static Headroom.Inference.Tests.Parity.Case;

namespace Headroom.Inference.Tests.Parity;

/// <summary>The cases of all families.</summary>
internal static class Cases
{
    public static IReadOnlyList<Case> All { get; } = [.. typeof(Cases).Assembly.GetTypes().Where(t => t.IsSubclassOf(typeof(CaseFamily))).OrderBy(t => t.Name, StringComparer.Ordinal).SelectMany(t => ((CaseFamily)Activator.CreateInstance(t)!).All)];
}

/// <summary>The cases of a family of operators, found by reflection: one line a case; the first word is the operator's class.</summary>
internal abstract class CaseFamily
{
    public abstract IEnumerable<Case> All { get; }
}

internal sealed class FirstCases : CaseFamily
{
    private static readonly long[] None = [];

    public override IEnumerable<Case> All =>
    [
        Of("Add broadcast", b => b.Add(new Add(), b.F(3, 1, 5), b.F(4, 1))),
        Of("Add scalar", b => b.Add(new Add(), b.F(3, 5), b.F(None))),
        Of("Add int64", b => b.Add(new Add(), b.I(-9, 9, 7), b.I(-9, 9, 3, 7))),
        Of("Add fp64", b => b.Add(new Add(), b.D(3, 7), b.D(7))),
        Of("Sub broadcast", b => b.Add(new Sub(), b.F(1, 5), b.F(3, 4, 1))),
        Of("Mul broadcast", b => b.Add(new Mul(), b.F(2, 3, 5), b.F(3, 1))),
        Of("Div broadcast", b => b.Add(new Div(), b.F(3, 5), b.Positive(5))),
        Of("Div int32", b => b.Add(new Div(), b.I32(-50, 50, 23), b.I32(1, 7, 23))),
        Of("Pow numbers", b => b.Add(new Pow(), b.Positive(3, 5), b.F(5))),
        Of("Pow square", b => b.Add(new Pow(), b.F(3, 5), b.Number(2f))),
        Of("Sqrt", b => b.Add(new Sqrt(), b.Positive(3, 7))),
        Of("Exp", b => b.Add(new Exp(), b.F(3, 7))),
        Of("Log", b => b.Add(new Log(), b.Positive(3, 7))),
        Of("Neg", b => b.Add(new Neg(), b.F(3, 7))),
        Of("Neg int64", b => b.Add(new Neg(), b.I(-5, 5, 11))),
        Of("Erf", b => b.Add(new Erf(), b.F(3, 7))),
        Of("Where broadcast", b => b.Add(new Where(), b.Bools(3, 1), b.F(5), b.F(3, 5))),
        Of("Equal int64", b => b.Add(new Equal(), b.I(0, 3, 4, 5), b.I(0, 3, 5))),
        Of("Cast to int64", b => b.Add(new Cast { To = ElementType.Int64 }, b.F(3, 5))),
        Of("Cast to fp64", b => b.Add(new Cast { To = ElementType.Float64 }, b.F(3, 5))),
        Of("Cast to bool", b => b.Add(new Cast { To = ElementType.Bool }, b.I(0, 2, 9))),
        Of("Cast from bool", b => b.Add(new Cast { To = ElementType.Float32 }, b.Bools(9))),
        Of("Relu", b => b.Add(new Relu(), b.F(3, 7))),
        Of("Sigmoid", b => b.Add(new Sigmoid(), b.F(3, 7))),
        Of("Tanh", b => b.Add(new Tanh(), b.F(3, 7))),
        Of("Gelu exact", b => b.Add(new Gelu(), b.F(3, 7))),
        Of("Gelu tanh", b => b.Add(new Gelu { Form = GeluForm.Tanh }, b.F(3, 7))),
        Of("Clip both", b => b.Add(new Clip(), b.F(3, 7), b.Number(-0.5f), b.Number(0.75f))),
        Of("Clip max", b => b.Add(new Clip(), b.F(3, 7), Value.None, b.Number(0.25f))),
        Of("Clip min", b => b.Add(new Clip(), b.F(3, 7), b.Number(0f))),
        Of("Softmax last", b => b.Add(new Softmax(), b.F(3, 7))),
        Of("Softmax middle", b => b.Add(new Softmax { Axis = 1 }, b.F(3, 5, 2))),
        Of("LogSoftmax last", b => b.Add(new LogSoftmax(), b.F(3, 7))),
        Of("LogSoftmax first", b => b.Add(new LogSoftmax { Axis = 0 }, b.F(3, 5, 2))),
        Of("MatMul matrices", b => b.Add(new MatMul(), b.F(3, 5), b.F(5, 7))),
        Of("MatMul batched", b => b.Add(new MatMul(), b.F(2, 1, 3, 5), b.F(4, 5, 7))),
        Of("MatMul vector", b => b.Add(new MatMul(), b.F(2, 3, 5), b.F(5))),
        Of("MatMul fp64", b => b.Add(new MatMul(), b.D(3, 5), b.D(5, 2))),
        Of("Gemm plain", b => b.Add(new Gemm(), b.F(3, 5), b.F(5, 7), b.F(7))),
        Of("Gemm transposed", b => b.Add(new Gemm { TransposeA = true, TransposeB = true, Alpha = 0.5f, Beta = 2 }, b.F(5, 3), b.F(7, 5), b.F(3, 1))),
        Of("Gemm without C", b => b.Add(new Gemm(), b.F(3, 5), b.F(5, 7))),
        Of("ReduceSum axes", b => b.Add(new ReduceSum(), b.F(3, 4, 5), b.L(0, -1))),
        Of("ReduceSum all", b => b.Add(new ReduceSum { KeepDims = false }, b.F(3, 4, 5))),
        Of("ReduceSum noop", b => b.Add(new ReduceSum { NoopWithEmptyAxes = true }, b.F(3, 4))),
        Of("ReduceMean axes", b => b.Add(new ReduceMean { KeepDims = false }, b.F(3, 4, 5), b.L(1))),
        Of("ReduceMean all", b => b.Add(new ReduceMean(), b.F(3, 4, 5))),
        Of("ReduceMean fixed axes", b => b.Add(new ReduceMean { FixedAxes = [0, 2] }, b.F(3, 4, 5))),
        Of("ReduceMax axes", b => b.Add(new ReduceMax(), b.F(3, 4, 5), b.L(-2))),
        Of("ReduceMax all", b => b.Add(new ReduceMax { KeepDims = false }, b.F(3, 4, 5))),
        Of("Reshape", b => b.Add(new Reshape(), b.F(3, 4, 5), b.L(0, -1, 2))),
        Of("Flatten middle", b => b.Add(new Flatten { Axis = 2 }, b.F(3, 4, 5, 2))),
        Of("Flatten negative", b => b.Add(new Flatten { Axis = -1 }, b.F(3, 4, 5))),
        Of("Flatten all", b => b.Add(new Flatten { Axis = 0 }, b.F(3, 4))),
        Of("Transpose order", b => b.Add(new Transpose { Permutation = [2, 0, 1] }, b.F(3, 4, 5))),
        Of("Transpose reversed", b => b.Add(new Transpose(), b.F(3, 4, 5))),
        Of("Squeeze axes", b => b.Add(new Squeeze(), b.F(3, 1, 5, 1), b.L(-1))),
        Of("Squeeze all", b => b.Add(new Squeeze(), b.F(3, 1, 5, 1))),
        Of("Unsqueeze axes", b => b.Add(new Unsqueeze(), b.F(3, 5), b.L(0, -1))),
        Of("Expand both ways", b => b.Add(new Expand(), b.F(3, 1, 5), b.L(2, 1, 4, 1))),
        Of("Concat middle", b => b.Add(new Concat { Axis = 1 }, b.F(3, 2, 5), b.F(3, 1, 5), b.F(3, 4, 5))),
        Of("Concat negative", b => b.Add(new Concat { Axis = -1 }, b.I(0, 9, 3, 2), b.I(0, 9, 3, 4))),
        new("Split sizes", b => b.AddMany(new Split { Axis = 1 }, 3, b.F(3, 9), b.L(2, 3, 4))),
        new("Split equal", b => b.AddMany(new Split { Axis = -1 }, 3, b.F(2, 9))),
        new("Split uneven", b => b.AddMany(new Split { Axis = 0, Parts = 3 }, 3, b.F(7, 2)), 18),
        Of("Slice steps", b => b.Add(new Slice(), b.F(7, 9, 2), b.L(1, -1), b.L(6, -99), b.L(0, 1), b.L(2, -3))),
        Of("Slice first axes", b => b.Add(new Slice(), b.F(7, 9), b.L(2), b.L(long.MaxValue))),
        Of("Gather rows", b => b.Add(new Gather(), b.F(7, 5), b.I(-7, 7, 3, 2))),
        Of("Gather columns", b => b.Add(new Gather { Axis = 1 }, b.F(3, 5, 2), b.I(0, 5, 4))),
        Of("Gather int32 scalar", b => b.Add(new Gather { Axis = -1 }, b.F(3, 5), b.I32(0, 5))),
        Of("Identity", b => b.Add(new Identity(), b.F(3, 5))),
        Of("Constant", b => b.Add(new Add(), b.F(3), b.Add(new Constant { Value = TensorData.Floats(new Shape(3), 1, 2, 3) }))),
        Of("ShapeOf reshape", b => b.Add(new Reshape(), b.F(6, 2), b.Add(new ShapeOf(), b.F(4, 3)))),
        Of("ShapeOf range", b => b.Add(new Expand(), b.F(3), b.Add(new ShapeOf { Start = 1, End = -1 }, b.F(4, 2, 3, 5)))),
        Of("ConstantOfShape", b => b.Add(new Mul(), b.F(4, 3), b.Add(new ConstantOfShape { Value = TensorData.Floats(new Shape(1), 2.5f) }, b.L(4, 3)))),
        Of("ConstantOfShape large", b => b.Add(new Add(), b.F(3), b.Add(new ConstantOfShape(), b.L(50, 40, 3)))),
        Of("Trilu upper", b => b.Add(new Trilu(), b.F(2, 5, 7), b.Number(1L)), 14),
        Of("Trilu lower", b => b.Add(new Trilu { Upper = false }, b.F(5, 3), b.Number(-1L)), 14),
        Of("Trilu far", b => b.Add(new Trilu { Upper = false }, b.F(3, 5), b.Number(9L)), 14),
        Of("Dropout inference", b => b.Add(new Dropout(), b.F(3, 5), b.Number(0.3f))),
        Of("Conv plain", b => b.Add(new Conv { KernelShape = [3, 3] }, b.F(2, 3, 7, 9), b.W(4, 3, 3, 3), b.W(4))),
        Of("Conv strided", b => b.Add(new Conv { KernelShape = [3, 2], Strides = [2, 3], Pads = [1, 0, 2, 1], Dilations = [2, 1] }, b.F(2, 3, 9, 11), b.W(5, 3, 3, 2))),
        Of("Conv grouped", b => b.Add(new Conv { KernelShape = [3, 3], Groups = 2, Pads = [1, 1, 1, 1] }, b.F(2, 4, 5, 5), b.W(6, 2, 3, 3))),
        Of("Conv one axis", b => b.Add(new Conv { KernelShape = [3], AutoPad = AutoPad.SameUpper, Strides = [2] }, b.F(2, 3, 10), b.W(4, 3, 3))),
        Of("Conv three axes", b => b.Add(new Conv { KernelShape = [2, 2, 2] }, b.F(1, 2, 4, 5, 3), b.W(3, 2, 2, 2, 2))),
        Of("MaxPool plain", b => b.Add(new MaxPool { KernelShape = [2, 3], Strides = [2, 2] }, b.F(2, 3, 7, 9))),
        Of("MaxPool padded", b => b.Add(new MaxPool { KernelShape = [3, 3], Strides = [2, 2], Pads = [1, 1, 1, 1] }, b.F(2, 3, 8, 9))),
        Of("MaxPool ceil", b => b.Add(new MaxPool { KernelShape = [2, 2], Strides = [2, 2], CeilMode = true }, b.F(1, 2, 5, 7))),
        Of("AveragePool plain", b => b.Add(new AveragePool { KernelShape = [2, 2], Strides = [2, 2] }, b.F(2, 3, 8, 6))),
        Of("AveragePool padded", b => b.Add(new AveragePool { KernelShape = [3, 3], Pads = [1, 1, 1, 1] }, b.F(2, 3, 5, 6))),
        Of("AveragePool counting pads", b => b.Add(new AveragePool { KernelShape = [3, 3], Pads = [1, 1, 1, 1], CountIncludePad = true }, b.F(2, 3, 5, 6))),
        Of("GlobalAveragePool", b => b.Add(new GlobalAveragePool(), b.F(2, 3, 5, 7))),
        Of("BatchNormalization", b => b.Add(new BatchNormalization(), b.F(2, 3, 5, 4), b.W(3), b.W(3), b.W(3), b.Statistic(3))),
        Of("BatchNormalization epsilon", b => b.Add(new BatchNormalization { Epsilon = 0.1f }, b.F(4, 3), b.W(3), b.W(3), b.W(3), b.Statistic(3))),
        Of("LayerNormalization", b => b.Add(new LayerNormalization(), b.F(3, 4, 7), b.W(7), b.W(7))),
        Of("LayerNormalization two axes", b => b.Add(new LayerNormalization { Axis = -2, Epsilon = 1e-3f }, b.F(3, 4, 7), b.W(4, 7))),
        Of("LayerNormalization front axis", b => b.Add(new LayerNormalization { Axis = 1 }, b.F(3, 4, 7), b.W(4, 7), b.W(4, 7)), 17),
        Of("SoftmaxCrossEntropyLoss mean", b => b.Add(new SoftmaxCrossEntropyLoss(), b.F(6, 5), b.I(0, 5, 6))),
        Of("SoftmaxCrossEntropyLoss none", b => b.Add(new SoftmaxCrossEntropyLoss { Reduction = LossReduction.None }, b.F(6, 5), b.I(0, 5, 6))),
        Of("SoftmaxCrossEntropyLoss ignoring", b => b.Add(new SoftmaxCrossEntropyLoss { Reduction = LossReduction.Sum, IgnoreIndex = 2 }, b.F(6, 5), b.I(0, 5, 6))),
        Of("Attention packed", b => b.Add(new Attention { QueryHeads = 2, KeyHeads = 2 }, b.F(3, 5, 8), b.F(3, 5, 8), b.F(3, 5, 8))),
        Of("Attention causal", b => b.Add(new Attention { QueryHeads = 2, KeyHeads = 2, IsCausal = true }, b.F(3, 5, 8), b.F(3, 5, 8), b.F(3, 5, 8)), 14),
        Of("Attention long causal", b => b.Add(new Attention { QueryHeads = 1, KeyHeads = 1, IsCausal = true }, b.F(1, 40, 4), b.F(1, 40, 4), b.F(1, 40, 4)), 14),
        Of("Attention heads", b => b.Add(new Attention { Scale = 0.3f }, b.F(2, 3, 5, 4), b.F(2, 3, 7, 4), b.F(2, 3, 7, 4))),
        Of("Attention added mask", b => b.Add(new Attention { QueryHeads = 2, KeyHeads = 2 }, b.F(3, 5, 8), b.F(3, 5, 8), b.F(3, 5, 8), b.F(3, 1, 1, 5))),
        Of("Attention bool mask", b => b.Add(new Attention { QueryHeads = 2, KeyHeads = 2 }, b.F(1, 2, 8), b.F(1, 2, 8), b.F(1, 2, 8), b.Add(new Equal(), b.L(0, 1), b.L(0, 1)))),
    ];
}
