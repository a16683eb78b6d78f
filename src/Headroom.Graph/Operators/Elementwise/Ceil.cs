using Headroom.Graph.Onnx;

namespace Headroom.Graph.Operators;

/// <summary>The smallest whole number that is not below x, elementwise.</summary>
/// <remarks>ONNX <c>Ceil</c>, opset 6.</remarks>
[OnnxOperator(6)]
public sealed class Ceil : UnaryOperator
{
    public static Operator Read(OnnxAttributes a) => new Ceil();

    public override TensorData[]? Fold(Signature s) => Folding.Unary(s, n => n, Math.Ceiling);

    // Constant almost everywhere: nothing flows through.
    public override void Gradient(Backward b) { }
}
