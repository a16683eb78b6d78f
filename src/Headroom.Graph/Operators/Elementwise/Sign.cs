using Headroom.Graph.Onnx;

namespace Headroom.Graph.Operators;

/// <summary>1 above zero, -1 below, 0 at it, elementwise; NaN stays NaN.</summary>
/// <remarks>ONNX <c>Sign</c>, opset 9.</remarks>
[OnnxOperator(9)]
public sealed class Sign : UnaryOperator
{
    protected override bool TakesIntegers => true;

    public static Operator Read(OnnxAttributes a) => new Sign();

    public override TensorData[]? Fold(Signature s) => Folding.Unary(s, n => Math.Sign(n), v => double.IsNaN(v) ? v : Math.Sign(v));

    // Constant almost everywhere: nothing flows through.
    public override void Gradient(Backward b) { }
}
