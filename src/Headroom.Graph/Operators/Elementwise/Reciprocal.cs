using Headroom.Graph.Onnx;

namespace Headroom.Graph.Operators;

/// <summary><c>y = 1 / x</c>, elementwise.</summary>
/// <remarks>ONNX <c>Reciprocal</c>, opset 6.</remarks>
[OnnxOperator(6)]
public sealed class Reciprocal : UnaryOperator
{
    public static Operator Read(OnnxAttributes a) => new Reciprocal();

    public override TensorData[]? Fold(Signature s) => Folding.Unary(s, n => n, v => 1 / v);

    public override void Gradient(Backward b) => b.Accumulate(0, b.Add(new ReciprocalGradient(), b.OutputGradient(0), b.Output(0)));
}

/// <summary><c>dx = -dy · y²</c>. Inputs: dy, y.</summary>
public sealed class ReciprocalGradient : UnaryGradient;
