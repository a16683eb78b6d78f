using Headroom.Graph.Onnx;

namespace Headroom.Graph.Operators;

/// <summary>Quotient, <c>c = a / b</c>, elementwise with broadcasting. Integers are truncated towards zero; an integer divided by zero gives zero.</summary>
/// <remarks>ONNX <c>Div</c>, opset 13; what an integer division by zero gives is undefined there.</remarks>
[OnnxOperator(13)]
public sealed class Div : BinaryOperator
{
    public static Operator Read(OnnxAttributes a) => new Div();

    public override TensorData[]? Fold(Signature s) => Folding.Binary(s, Quotient, (x, y) => x / y);

    // da = dy / b, db = -dy · c / b.
    public override void Gradient(Backward b)
    {
        Value scaled = b.Add(new Div(), b.OutputGradient(0), b.Input(1));
        if (b.Needs(0)) AccumulateBroadcast(b, 0, scaled);
        if (b.Needs(1)) b.Accumulate(1, b.Add(new Neg(), b.SumTo(b.Add(new Mul(), scaled, b.Output(0)), b.Signature.Input(1).Shape)));
    }

    private static long Quotient(long x, long y) => y switch
    {
        0 => 0,
        -1 => unchecked(-x),
        _ => x / y,
    };
}
