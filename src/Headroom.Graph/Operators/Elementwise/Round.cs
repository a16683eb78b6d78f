using Headroom.Graph.Onnx;

namespace Headroom.Graph.Operators;

/// <summary>The nearest whole number, halves to the even one, elementwise.</summary>
/// <remarks>ONNX <c>Round</c>, opset 11.</remarks>
[OnnxOperator(11)]
public sealed class Round : UnaryOperator
{
    public static Operator Read(OnnxAttributes a) => new Round();

    public override TensorData[]? Fold(Signature s) => Folding.Unary(s, n => n, v => Math.Round(v, MidpointRounding.ToEven));

    // Constant almost everywhere: nothing flows through.
    public override void Gradient(Backward b) { }
}
