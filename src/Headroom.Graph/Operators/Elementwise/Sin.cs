using Headroom.Graph.Onnx;

namespace Headroom.Graph.Operators;

/// <summary>Sine of radians, elementwise.</summary>
/// <remarks>ONNX <c>Sin</c>, opset 7.</remarks>
[OnnxOperator(7)]
public sealed class Sin : UnaryOperator
{
    protected override double FlopsPerElement => 12;

    public static Operator Read(OnnxAttributes a) => new Sin();

    public override void Gradient(Backward b) => b.Accumulate(0, b.Add(new SinGradient(), b.OutputGradient(0), b.Input(0)));
}

/// <summary><c>dx = dy · cos x</c>. Inputs: dy, x.</summary>
public sealed class SinGradient : UnaryGradient
{
    protected override double FlopsPerElement => 13;
}
