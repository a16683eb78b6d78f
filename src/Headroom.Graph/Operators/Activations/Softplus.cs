using Headroom.Graph.Onnx;

namespace Headroom.Graph.Operators;

/// <summary>Smooth rectifier, <c>y = ln(1 + eˣ)</c>, elementwise; computed without overflow.</summary>
/// <remarks>ONNX <c>Softplus</c>, opset 1. Dugas et al., NIPS 2000.</remarks>
[OnnxOperator(1)]
public sealed class Softplus : UnaryOperator
{
    protected override double FlopsPerElement => 20;

    public static Operator Read(OnnxAttributes a) => new Softplus();

    public override void Gradient(Backward b) => b.Accumulate(0, b.Add(new SoftplusGradient(), b.OutputGradient(0), b.Output(0)));
}

/// <summary><c>dx = dy · σ(x) = dy · (1 - e⁻ʸ)</c>. Inputs: dy, y.</summary>
public sealed class SoftplusGradient : UnaryGradient
{
    protected override double FlopsPerElement => 12;
}
