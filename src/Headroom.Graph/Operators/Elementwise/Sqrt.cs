using Headroom.Graph.Onnx;

namespace Headroom.Graph.Operators;

/// <summary>Square root, elementwise; NaN below zero.</summary>
/// <remarks>ONNX <c>Sqrt</c>, opset 13.</remarks>
[OnnxOperator(13)]
public sealed class Sqrt : UnaryOperator
{
    public static Operator Read(OnnxAttributes a) => new Sqrt();

    public override TensorData[]? Fold(Signature s) => Folding.Unary(s, n => n, Math.Sqrt);

    public override void Gradient(Backward b) => b.Accumulate(0, b.Add(new SqrtGradient(), b.OutputGradient(0), b.Output(0)));
}

/// <summary><c>dx = dy / (2 y)</c>. Inputs: dy, y.</summary>
public sealed class SqrtGradient : UnaryGradient
{
    protected override double FlopsPerElement => 2;
}
