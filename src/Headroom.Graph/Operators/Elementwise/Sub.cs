using Headroom.Graph.Onnx;

namespace Headroom.Graph.Operators;

/// <summary>Difference, <c>c = a - b</c>, elementwise with broadcasting.</summary>
/// <remarks>ONNX <c>Sub</c>, opset 13.</remarks>
[OnnxOperator(13)]
public sealed class Sub : BinaryOperator
{
    public static Operator Read(OnnxAttributes a) => new Sub();

    public override TensorData[]? Fold(Signature s) => Folding.Binary(s, (x, y) => x - y, (x, y) => x - y);

    public override void Gradient(Backward b)
    {
        Value dy = b.OutputGradient(0);
        if (b.Needs(0)) AccumulateBroadcast(b, 0, dy);

        // Summed first, negated after: the smaller tensor is the one that is passed over twice.
        if (b.Needs(1)) b.Accumulate(1, b.Add(new Neg(), b.SumTo(dy, b.Signature.Input(1).Shape)));
    }
}
