using Headroom.Graph.Onnx;

namespace Headroom.Graph.Operators;

/// <summary><c>y = -x</c>, elementwise.</summary>
/// <remarks>ONNX <c>Neg</c>, opset 13.</remarks>
[OnnxOperator(13)]
public sealed class Neg : UnaryOperator
{
    protected override bool TakesIntegers => true;

    public static Operator Read(OnnxAttributes a) => new Neg();

    public override TensorData[]? Fold(Signature s) => Folding.Unary(s, n => unchecked(-n), v => -v);

    public override void Gradient(Backward b) => b.Accumulate(0, b.Add(new Neg(), b.OutputGradient(0)));
}
