using Headroom.Graph.Onnx;

namespace Headroom.Graph.Operators;

/// <summary><c>y = eˣ</c>, elementwise.</summary>
/// <remarks>ONNX <c>Exp</c>, opset 13.</remarks>
[OnnxOperator(13)]
public sealed class Exp : UnaryOperator
{
    protected override double FlopsPerElement => 8;

    public static Operator Read(OnnxAttributes a) => new Exp();

    public override void Gradient(Backward b) => b.Accumulate(0, b.Add(new Mul(), b.OutputGradient(0), b.Output(0)));
}
