using Headroom.Graph.Onnx;

namespace Headroom.Graph.Operators;

/// <summary>The largest whole number that is not above x, elementwise.</summary>
/// <remarks>ONNX <c>Floor</c>, opset 6.</remarks>
[OnnxOperator(6)]
public sealed class Floor : UnaryOperator
{
    public static Operator Read(OnnxAttributes a) => new Floor();

    public override TensorData[]? Fold(Signature s) => Folding.Unary(s, n => n, Math.Floor);

    // Constant almost everywhere: nothing flows through.
    public override void Gradient(Backward b) { }
}
