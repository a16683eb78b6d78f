using Headroom.Graph.Onnx;

namespace Headroom.Graph.Operators;

/// <summary>The numbers <c>start + i · delta</c> up to a limit that is left out. Inputs: start, limit, delta, scalars known before the run, for they decide how many there are.</summary>
/// <remarks>ONNX <c>Range</c>, opset 11; halves since 27. There are <c>max(0, ⌈(limit - start) / delta⌉)</c>.</remarks>
[OnnxOperator(11, Name = "Range")]
public sealed class NumberRange : Operator
{
    private const long Float32Stash = 1, Float64Stash = 11;

    /// <summary>Halves are computed in fp64 rather than in fp32.</summary>
    public bool Wide { get; init; }

    public override string Name => "Range";

    public static Operator Read(OnnxAttributes a) => new NumberRange
    {
        Wide = a.Int("stash_type", Float32Stash) switch
        {
            Float32Stash => false,
            Float64Stash => true,
            var other => throw new GraphException($"computes in ONNX's data type {other}; fp32 ({Float32Stash}) and fp64 ({Float64Stash}) are known"),
        },
    };

    public override bool ReadsValue(int input) => true;

    public override TensorType[] Infer(Signature s)
    {
        s.RequireSameElement(0, 1);
        s.RequireSameElement(0, 2);
        if (s.Input(0).Element == ElementType.Bool) throw new GraphException("counts numbers, not bools");
        return [new TensorType(s.Input(0).Element, Count(s))];
    }

    public override Cost Cost(Signature s) => new(s.Output(0).Elements, 0, s.OutputBytes);

    public override TensorData[]? Fold(Signature s)
    {
        TensorType type = s.Output(0);
        if (type.Elements > Folding.Limit) return null;
        var bytes = new byte[type.Bytes];
        Fill(s, bytes);
        return [new TensorData(type, bytes)];
    }

    /// <summary>Writes all numbers, as the output's type stores them.</summary>
    public void Fill(Signature s, Span<byte> into)
    {
        ElementType element = s.Output(0).Element;
        int size = element.Size(), count = into.Length / size;
        if (!element.IsFloat())
        {
            (long start, _, long delta) = Integers(s);
            for (int i = 0; i < count; i++) Numbers.WriteInteger(element, unchecked(start + i * delta), into.Slice(i * size, size));
            return;
        }
        (double from, _, double step) = Floats(s);
        for (int i = 0; i < count; i++) Numbers.Write(element, Wide || element == ElementType.Float64 ? from + i * step : (float)from + i * (float)step, into.Slice(i * size, size));
    }

    // Its inputs are constants: nothing can be wanted of them.
    public override void Gradient(Backward b) { }

    public override void Write(OnnxAttributes a)
    {
        if (Wide && a.Opset >= 27) a.Set("stash_type", Float64Stash);
    }

    private static long Count(Signature s)
    {
        if (!s.Input(0).Element.IsFloat())
        {
            (long start, long limit, long delta) = Integers(s);
            if (delta == 0) throw new GraphException("the step is 0");
            Int128 span = (Int128)limit - start, count = span <= 0 == delta > 0 || span == 0 ? 0 : (Int128.Abs(span) + Int128.Abs(delta) - 1) / Int128.Abs(delta);
            return count <= long.MaxValue ? (long)count : throw new GraphException($"from {start} to {limit} by {delta} are too many");
        }
        (double from, double to, double step) = Floats(s);
        double steps = Math.Ceiling((to - from) / step);
        // 2^53: beyond, a double doesn't count by ones.
        return step == 0 || !(steps <= 9007199254740992) ? throw new GraphException($"from {from} to {to} by {step} there is no end") : (long)Math.Max(0, steps);
    }

    private static (long Start, long Limit, long Delta) Integers(Signature s) => (One(s.Longs(0, "the start")), One(s.Longs(1, "the limit")), One(s.Longs(2, "the step")));

    private static (double Start, double Limit, double Delta) Floats(Signature s) => (One(s.Doubles(0, "the start")), One(s.Doubles(1, "the limit")), One(s.Doubles(2, "the step")));

    private static T One<T>(T[] values) => values.Length == 1 ? values[0] : throw new GraphException($"start, limit and step are single numbers, {values.Length} were given");
}
