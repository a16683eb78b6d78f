using Headroom.Graph.Onnx;

namespace Headroom.Graph.Operators;

/// <summary><c>y = x / (1 + |x|)</c>, elementwise.</summary>
/// <remarks>ONNX <c>Softsign</c>, opset 1. Bergstra et al., 2009.</remarks>
[OnnxOperator(1)]
public sealed class Softsign : UnaryOperator
{
    protected override double FlopsPerElement => 3;

    public static Operator Read(OnnxAttributes a) => new Softsign();

    public override void Gradient(Backward b) => b.Accumulate(0, b.Add(new SoftsignGradient(), b.OutputGradient(0), b.Output(0)));
}

/// <summary><c>dx = dy / (1 + |x|)² = dy · (1 - |y|)²</c>. Inputs: dy, y.</summary>
public sealed class SoftsignGradient : UnaryGradient;
