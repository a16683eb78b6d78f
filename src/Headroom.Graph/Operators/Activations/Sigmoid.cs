using Headroom.Graph.Onnx;

namespace Headroom.Graph.Operators;

/// <summary>Logistic function, <c>y = 1 / (1 + e⁻ˣ)</c>, elementwise.</summary>
/// <remarks>ONNX <c>Sigmoid</c>, opset 13.</remarks>
[OnnxOperator(13)]
public sealed class Sigmoid : UnaryOperator
{
    protected override double FlopsPerElement => 10;

    public static Operator Read(OnnxAttributes a) => new Sigmoid();

    public override void Gradient(Backward b) => b.Accumulate(0, b.Add(new SigmoidGradient(), b.OutputGradient(0), b.Output(0)));
}

/// <summary><c>dx = dy · y (1 - y)</c>. Inputs: dy, y.</summary>
public sealed class SigmoidGradient : UnaryGradient;
