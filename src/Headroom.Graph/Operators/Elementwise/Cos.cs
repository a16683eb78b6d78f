using Headroom.Graph.Onnx;

namespace Headroom.Graph.Operators;

/// <summary>Cosine of radians, elementwise.</summary>
/// <remarks>ONNX <c>Cos</c>, opset 7.</remarks>
[OnnxOperator(7)]
public sealed class Cos : UnaryOperator
{
    protected override double FlopsPerElement => 12;

    public static Operator Read(OnnxAttributes a) => new Cos();

    public override void Gradient(Backward b) => b.Accumulate(0, b.Add(new CosGradient(), b.OutputGradient(0), b.Input(0)));
}

/// <summary><c>dx = -dy · sin x</c>. Inputs: dy, x.</summary>
public sealed class CosGradient : UnaryGradient
{
    protected override double FlopsPerElement => 13;
}
