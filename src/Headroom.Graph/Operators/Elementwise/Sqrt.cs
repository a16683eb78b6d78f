using Headroom.Graph.Onnx;

namespace Headroom.Graph.Operators;

/// <summary>Square root, elementwise; NaN below zero.</summary>
/// <remarks>ONNX <c>Sqrt</c>, opset 13.</remarks>
[OnnxOperator(13)]
public sealed class Sqrt : UnaryOperator
{
    public static Operator Read(OnnxAttributes a) => new Sqrt();

    // dx = dy / (2 y).
    public override void Gradient(Backward b)
    {
        Value half = b.Constant(TensorData.Fill(b.Signature.Input(0).Element, Shape.Scalar, 0.5));
        b.Accumulate(0, b.Add(new Mul(), b.Add(new Div(), b.OutputGradient(0), b.Output(0)), half));
    }
}
