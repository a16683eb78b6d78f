using Headroom.Graph.Onnx;

namespace Headroom.Graph.Operators;

/// <summary>The smallest of one or more tensors, elementwise with broadcasting; a NaN among the operands is the result.</summary>
/// <remarks>ONNX <c>Min</c>, opset 13 (8 for floating numbers only).</remarks>
[OnnxOperator(7)]
public sealed class Min : ExtremumOperator
{
    protected override bool Largest => false;

    public static Operator Read(OnnxAttributes a) => new Min();

    public override TensorData[]? Fold(Signature s) => Folding.Variadic(s, Math.Min, Math.Min);
}
