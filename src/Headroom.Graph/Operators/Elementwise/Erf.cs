using Headroom.Graph.Onnx;

namespace Headroom.Graph.Operators;

/// <summary>Error function, <c>2/√π ∫₀ˣ e^(-t²) dt</c>, elementwise.</summary>
/// <remarks>ONNX <c>Erf</c>, opset 13.</remarks>
[OnnxOperator(13)]
public sealed class Erf : UnaryOperator
{
    protected override double FlopsPerElement => 8;

    public static Operator Read(OnnxAttributes a) => new Erf();

    public override void Gradient(Backward b) => b.Accumulate(0, b.Add(new ErfGradient(), b.OutputGradient(0), b.Input(0)));
}

/// <summary><c>dx = dy · 2/√π · e^(-x²)</c>. Inputs: dy, x.</summary>
public sealed class ErfGradient : UnaryGradient
{
    protected override double FlopsPerElement => 11;
}
