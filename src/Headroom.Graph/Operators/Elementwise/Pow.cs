using Headroom.Graph.Onnx;

namespace Headroom.Graph.Operators;

/// <summary>Power, <c>z = xʸ</c>, elementwise with broadcasting; the result has the base's type, the exponent may have another.</summary>
/// <remarks>
/// ONNX <c>Pow</c>, opset 13. At x = 0 the gradient by the exponent is taken as 0. A power of integers wraps to their type; a floating exponent is applied in fp64 and the result truncated,
/// and a negative one, which leaves the integers, gives zero but for the bases 1 and -1.
/// </remarks>
[OnnxOperator(13)]
public sealed class Pow : Operator
{
    public override bool IsElementwise => true;

    public static Operator Read(OnnxAttributes a) => new Pow();

    public override TensorType[] Infer(Signature s)
    {
        TensorType x = s.Input(0), y = s.Input(1);
        if (x.Element == ElementType.Bool || y.Element == ElementType.Bool) throw new GraphException($"has no power of {x} and {y}; cast to a number");
        return [new TensorType(x.Element, Shape.Broadcast(x.Shape, y.Shape))];
    }

    public override Cost Cost(Signature s) => Graph.Cost.Elementwise(s, Exponent(s) is 2 ? 1 : 20);

    public override bool AcceptsStrides(int input) => true;

    public override int MayOverwrite(int output) => 0;

    public override TensorData[]? Fold(Signature s) => Folding.Binary(s, Of, Math.Pow);

    /// <summary>A power of integers, without the bits beyond 64.</summary>
    public static long Of(long x, long y)
    {
        if (y < 0) return x is 1 or -1 ? (y % 2 == 0 ? 1 : x) : 0;
        long power = 1;
        for (; y > 0; y >>= 1, x = unchecked(x * x)) if ((y & 1) != 0) power = unchecked(power * x);
        return power;
    }

    /// <summary>The exponent where it is one number known before the run.</summary>
    public static double? Exponent(Signature s) => s.Constant(1) is { Type.Elements: 1 } known ? known.ToDoubles()[0] : null;

    public override void Gradient(Backward b)
    {
        Value dz = b.OutputGradient(0), x = b.Input(0), y = b.Input(1);
        TensorType xt = b.Type(x), yt = b.Type(y);
        Value Number(double v) => b.Constant(TensorData.Fill(xt.Element, Shape.Scalar, v));
        if (b.Needs(0) && Exponent(b.Signature) is double p)
        {
            // The shape of the exponent may still broadcast the base, so it goes through the sum all the same.
            Value slope = p == 2 ? x : b.Add(new Pow(), x, Number(p - 1));
            Value dx = p == 0 ? b.Add(new Mul(), dz, Number(0)) : b.Add(new Mul(), b.Add(new Mul(), dz, slope), Number(p));
            b.Accumulate(0, b.SumTo(dx, xt.Shape));
        }
        else if (b.Needs(0))
        {
            // y x^(y-1), and 0 where y is 0, whatever x is.
            Value exponent = Cast(b, y, xt.Element);
            Value slope = b.Add(new Mul(), exponent, b.Add(new Pow(), x, b.Add(new Sub(), exponent, Number(1))));
            Value safe = b.Add(new Where(), b.Add(new Equal(), exponent, Number(0)), Number(0), slope);
            b.Accumulate(0, b.SumTo(b.Add(new Mul(), dz, safe), xt.Shape));
        }
        if (b.Needs(1))
        {
            Value slope = b.Add(new Mul(), b.Output(0), b.Add(new Log(), x));
            Value safe = b.Add(new Where(), b.Add(new Equal(), x, Number(0)), Number(0), slope);
            b.Accumulate(1, Cast(b, b.SumTo(b.Add(new Mul(), dz, safe), yt.Shape), yt.Element));
        }
    }

    private static Value Cast(Backward b, Value value, ElementType to) => b.Type(value).Element == to ? value : b.Add(new Cast { To = to }, value);
}
