using Headroom.Graph.Onnx;

namespace Headroom.Graph.Operators;

/// <summary>
/// Remainder of a division, elementwise with broadcasting. By default, for integers only, it has the divisor's sign, <c>c = a - b · ⌊a / b⌋</c>, as Python's <c>%</c>;
/// with <see cref="Fmod"/> the dividend's, <c>c = a - b · trunc(a / b)</c>, as C's <c>fmod</c>. An integer modulo zero gives zero.
/// </summary>
/// <remarks>ONNX <c>Mod</c>, opset 10 (13 with bfloat16); what an integer modulo zero gives is undefined there.</remarks>
[OnnxOperator(10)]
public sealed class Mod : BinaryOperator
{
    /// <summary>The result has the dividend's sign; needed for floating numbers.</summary>
    public bool Fmod { get; init; }

    public static Operator Read(OnnxAttributes a) => new Mod { Fmod = a.Flag("fmod") };

    public override TensorType[] Infer(Signature s)
    {
        if (!Fmod && s.Input(0).Element.IsFloat()) throw new GraphException($"takes floating numbers with fmod = 1 only, here it is 0 and the input is {s.Input(0)}; set it, or write a - b · Floor(a / b)");
        return base.Infer(s);
    }

    public override Cost Cost(Signature s) => Graph.Cost.Elementwise(s, 8);

    public override TensorData[]? Fold(Signature s) => Folding.Binary(s, Fmod ? Remainder : Modulo, (x, y) => x % y);

    // c = a - q b with a whole number q, constant almost everywhere: da = dc, db = -q dc = dc · (c - a) / b.
    public override void Gradient(Backward b)
    {
        Value dc = b.OutputGradient(0);
        if (b.Needs(0)) AccumulateBroadcast(b, 0, dc);
        if (b.Needs(1)) AccumulateBroadcast(b, 1, b.Add(new Mul(), dc, b.Add(new Div(), b.Add(new Sub(), b.Output(0), b.Input(0)), b.Input(1))));
    }

    public override void Write(OnnxAttributes a)
    {
        if (Fmod) a.Set("fmod", true);
    }

    // The smallest integer by -1 would trap.
    private static long Remainder(long x, long y) => y is 0 or -1 ? 0 : x % y;

    private static long Modulo(long x, long y)
    {
        long r = Remainder(x, y);
        return r != 0 && r < 0 != y < 0 ? r + y : r;
    }
}
