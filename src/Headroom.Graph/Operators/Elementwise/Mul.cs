using Headroom.Graph.Onnx;

namespace Headroom.Graph.Operators;

/// <summary>Product, <c>c = a · b</c>, elementwise with broadcasting.</summary>
/// <remarks>ONNX <c>Mul</c>, opset 13.</remarks>
[OnnxOperator(13)]
public sealed class Mul : BinaryOperator
{
    public static Operator Read(OnnxAttributes a) => new Mul();

    public override TensorData[]? Fold(Signature s) => Folding.Binary(s, (x, y) => x * y, (x, y) => x * y);

    public override void Gradient(Backward b)
    {
        for (int i = 0; i < 2; i++) if (b.Needs(i)) AccumulateBroadcast(b, i, b.Add(new Mul(), b.OutputGradient(0), b.Input(1 - i)));
    }
}
