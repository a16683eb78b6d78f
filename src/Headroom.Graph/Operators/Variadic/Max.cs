using Headroom.Graph.Onnx;

namespace Headroom.Graph.Operators;

/// <summary>The largest of one or more tensors, elementwise with broadcasting; a NaN among the operands is the result.</summary>
/// <remarks>ONNX <c>Max</c>, opset 13 (8 for floating numbers only).</remarks>
[OnnxOperator(7)]
public sealed class Max : ExtremumOperator
{
    protected override bool Largest => true;

    public static Operator Read(OnnxAttributes a) => new Max();

    public override TensorData[]? Fold(Signature s) => Folding.Variadic(s, Math.Max, Math.Max);
}
