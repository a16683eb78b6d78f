using Headroom.Graph.Onnx;

namespace Headroom.Graph.Operators;

/// <summary>Error function, <c>2/√π ∫₀ˣ e^(-t²) dt</c>, elementwise.</summary>
/// <remarks>ONNX <c>Erf</c>, opset 13.</remarks>
[OnnxOperator(13)]
public sealed class Erf : UnaryOperator
{
    protected override double FlopsPerElement => 8;

    public static Operator Read(OnnxAttributes a) => new Erf();

    // dx = dy · 2/√π · e^(-x²).
    public override void Gradient(Backward b)
    {
        Value bell = b.Add(new Exp(), b.Add(new Neg(), b.Add(new Mul(), b.Input(0), b.Input(0))));
        Value scale = b.Constant(TensorData.Fill(b.Signature.Input(0).Element, Shape.Scalar, 2 / Math.Sqrt(Math.PI)));
        b.Accumulate(0, b.Add(new Mul(), b.OutputGradient(0), b.Add(new Mul(), bell, scale)));
    }
}
