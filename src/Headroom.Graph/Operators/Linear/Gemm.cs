using Headroom.Graph.Onnx;

namespace Headroom.Graph.Operators;

/// <summary><c>alpha · op(A) · op(B) + beta · C</c> on matrices; C, optional, is broadcast to the result <c>[m, n]</c>. Integers are multiplied as such; with an alpha or beta that is none the result is truncated towards zero.</summary>
/// <remarks>ONNX <c>Gemm</c>, opset 13.</remarks>
[OnnxOperator(13)]
public sealed class Gemm : Operator
{
    public float Alpha { get; init; } = 1;

    public float Beta { get; init; } = 1;

    public bool TransposeA { get; init; }

    public bool TransposeB { get; init; }

    public static Operator Read(OnnxAttributes a) => new Gemm
    {
        Alpha = a.Float("alpha", 1),
        Beta = a.Float("beta", 1),
        TransposeA = a.Flag("transA"),
        TransposeB = a.Flag("transB"),
    };

    public override Precision Precision => Precision.Half;

    public override bool AcceptsStrides(int input) => true;

    public override TensorType[] Infer(Signature s)
    {
        s.RequireRank(0, 2, "A");
        s.RequireRank(1, 2, "B");
        s.RequireSameElement(0, 1);
        if (s.Has(2)) s.RequireSameElement(0, 2);
        if (!s.Input(0).Element.IsFloat() && s.Input(0).Element is not (ElementType.Int32 or ElementType.Int64)) throw new GraphException($"takes floats, int32 and int64, A is {s.Input(0)}; cast it");
        Shape a = s.Input(0).Shape, b = s.Input(1).Shape;
        (long m, long k) = TransposeA ? (a[1], a[0]) : (a[0], a[1]);
        (long inner, long n) = TransposeB ? (b[1], b[0]) : (b[0], b[1]);
        if (k != inner) throw new GraphException($"inner sizes differ, {a}{(TransposeA ? "ᵀ" : "")} x {b}{(TransposeB ? "ᵀ" : "")}: {k} meets {inner}");
        var y = new Shape(m, n);
        if (s.Has(2) && Shape.Broadcast(s.Input(2).Shape, y) != y) throw new GraphException($"C {s.Input(2).Shape} can't be broadcast to {y}");
        return [new TensorType(s.Input(0).Element, y)];
    }

    public override void Decode(DecodingRewrite r)
    {
        SequenceAxis axis = r.Axis(0) ?? throw r.Mixes();
        if (axis.Axis != (TransposeA ? 1 : 0) || r.Axis(1) is not null || (r.Axis(2) is { } added && added != axis with { Axis = 0 })) throw r.Mixes();
        bool table = r.Axis(2) is null && r.Signature.Has(2) && r.Signature.Input(2) is { Rank: 2 } c && c.Shape[0] != 1;
        if (table && !axis.IsAlone) throw r.Mixes();
        Value[] addend = r.Node.Inputs.Length < 3 ? [] : [!r.Signature.Has(2) ? Value.None : table ? r.Rows(2, 0) : r.Input(2)];
        r.Replace(this, [r.Input(0), r.Input(1), .. addend], axis with { Axis = 0 });
    }

    public override Cost Cost(Signature s)
    {
        double k = s.Input(0).Shape[TransposeA ? 0 : 1];
        return new(s.Output(0).Elements * (2 * k + (s.Has(2) ? 1 : 0)), s.InputBytes, s.OutputBytes);
    }

    public override void Gradient(Backward b)
    {
        Value dy = b.OutputGradient(0);
        if (b.Needs(0))
        {
            b.Accumulate(0, TransposeA
                ? b.Add(new Gemm { Alpha = Alpha, TransposeA = TransposeB, TransposeB = true }, b.Input(1), dy)
                : b.Add(new Gemm { Alpha = Alpha, TransposeB = !TransposeB }, dy, b.Input(1)));
        }
        if (b.Needs(1))
        {
            b.Accumulate(1, TransposeB
                ? b.Add(new Gemm { Alpha = Alpha, TransposeA = true, TransposeB = TransposeA }, dy, b.Input(0))
                : b.Add(new Gemm { Alpha = Alpha, TransposeA = !TransposeA }, b.Input(0), dy));
        }
        if (b.Needs(2))
        {
            Value sum = b.SumTo(dy, b.Signature.Input(2).Shape);
            b.Accumulate(2, Beta == 1 ? sum : b.Add(new Mul(), sum, b.Constant(TensorData.Fill(b.Type(sum).Element, Shape.Scalar, Beta))));
        }
    }

    public override void Write(OnnxAttributes a)
    {
        if (Alpha != 1) a.Set("alpha", Alpha);
        if (Beta != 1) a.Set("beta", Beta);
        if (TransposeA) a.Set("transA", true);
        if (TransposeB) a.Set("transB", true);
    }
}
