using Headroom.Graph.Onnx;

namespace Headroom.Graph.Operators;

/// <summary>Absolute value, elementwise.</summary>
/// <remarks>ONNX <c>Abs</c>, opset 6. The gradient at 0 is 0.</remarks>
[OnnxOperator(6)]
public sealed class Abs : UnaryOperator
{
    protected override bool TakesIntegers => true;

    public static Operator Read(OnnxAttributes a) => new Abs();

    public override TensorData[]? Fold(Signature s) => Folding.Unary(s, n => n < 0 ? unchecked(-n) : n, Math.Abs);

    public override void Gradient(Backward b) => b.Accumulate(0, b.Add(new AbsGradient(), b.OutputGradient(0), b.Input(0)));
}

/// <summary><c>dx = dy · sign(x)</c>. Inputs: dy, x.</summary>
public sealed class AbsGradient : UnaryGradient
{
    protected override double FlopsPerElement => 1;
}
