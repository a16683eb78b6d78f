using Headroom.Graph.Onnx;

namespace Headroom.Graph.Operators;

/// <summary>Hyperbolic tangent, elementwise.</summary>
/// <remarks>ONNX <c>Tanh</c>, opset 13.</remarks>
[OnnxOperator(13)]
public sealed class Tanh : UnaryOperator
{
    protected override double FlopsPerElement => 10;

    public static Operator Read(OnnxAttributes a) => new Tanh();

    public override void Gradient(Backward b) => b.Accumulate(0, b.Add(new TanhGradient(), b.OutputGradient(0), b.Output(0)));
}

/// <summary><c>dx = dy · (1 - y²)</c>. Inputs: dy, y.</summary>
public sealed class TanhGradient : UnaryGradient;
