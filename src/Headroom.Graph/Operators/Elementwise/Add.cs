using Headroom.Graph.Onnx;

namespace Headroom.Graph.Operators;

/// <summary>Sum, <c>c = a + b</c>, elementwise with broadcasting.</summary>
/// <remarks>ONNX <c>Add</c>, opset 13.</remarks>
[OnnxOperator(13)]
public sealed class Add : BinaryOperator
{
    public static Operator Read(OnnxAttributes a) => new Add();

    public override TensorData[]? Fold(Signature s) => Folding.Binary(s, (x, y) => x + y, (x, y) => x + y);

    public override void Gradient(Backward b)
    {
        for (int i = 0; i < 2; i++) if (b.Needs(i)) AccumulateBroadcast(b, i, b.OutputGradient(0));
    }
}
