using Headroom.Graph.Onnx;

namespace Headroom.Graph.Operators;

/// <summary>Matrix product over the last two axes, <c>[..., m, k] × [..., k, n]</c>, leading axes broadcast.</summary>
/// <remarks>ONNX <c>MatMul</c>, opset 13 (numpy's matmul).</remarks>
[OnnxOperator(13)]
public sealed class MatMul : Operator
{
    public static Operator Read(OnnxAttributes a) => new MatMul();

    public override Precision Precision => Precision.Half;

    public override bool AcceptsStrides(int input) => true;

    public override TensorType[] Infer(Signature s)
    {
        RequireNumbers(s);
        Shape a = s.Input(0).Shape, b = s.Input(1).Shape;
        if (a.Rank == 0 || b.Rank == 0) throw new GraphException("a scalar has no matrix product; use Mul");
        long inner = b.Rank == 1 ? b[0] : b[-2];
        if (a[-1] != inner) throw new GraphException($"inner sizes differ, {a} x {b}: {a[-1]} meets {inner}");
        Shape lead = Shape.Broadcast(Lead(a), Lead(b));
        var dims = new List<long>(lead.Dims.ToArray());
        if (a.Rank > 1) dims.Add(a[-2]);
        if (b.Rank > 1) dims.Add(b[-1]);
        return [new TensorType(s.Input(0).Element, new Shape([.. dims]))];
    }

    // Rows are carried, and so are whole matrices where the other operand is broadcast over them.
    public override void Decode(DecodingRewrite r)
    {
        Shape x = r.Signature.Input(0).Shape, w = r.Signature.Input(1).Shape;
        SequenceAxis axis = r.Axis(0) ?? throw r.Mixes();
        int fromEnd = x.Rank - axis.Axis;
        if (w.Rank < 2 || fromEnd < 2 || (fromEnd > 2 && w.Rank >= fromEnd && w[-fromEnd] != 1)) throw r.Mixes();
        r.Carry(axis with { Axis = r.Signature.Output(0).Rank - fromEnd });
    }

    public override Cost Cost(Signature s) => new(2.0 * s.Output(0).Elements * s.Input(0).Shape[-1], s.InputBytes, s.OutputBytes);

    public override void Gradient(Backward b)
    {
        Shape x = b.Signature.Input(0).Shape, w = b.Signature.Input(1).Shape;
        Value dy = b.OutputGradient(0);
        if (w.Rank == 2 && x.Rank >= 2)
        {
            // A layer: all leading axes are rows, so both gradients are single products.
            long rows = new Shape(x.Dims[..^1]).Elements;
            Value dy2 = b.Reshape(dy, new Shape(rows, w[1]));
            if (b.Needs(0)) b.Accumulate(0, b.Reshape(b.Add(new Gemm { TransposeB = true }, dy2, b.Input(1)), x));
            if (b.Needs(1)) b.Accumulate(1, b.Add(new Gemm { TransposeA = true }, b.Reshape(b.Input(0), new Shape(rows, x[-1])), dy2));
            return;
        }
        // Vectors count as matrices with one row or column; sums undo the broadcasting of leading axes.
        Shape xm = x.Rank == 1 ? new Shape(1, x[0]) : x, wm = w.Rank == 1 ? new Shape(w[0], 1) : w;
        Shape lead = Shape.Broadcast(Lead(xm), Lead(wm));
        Value g = b.Reshape(dy, new Shape([.. lead.Dims, xm[-2], wm[-1]]));
        if (b.Needs(0)) b.Accumulate(0, b.Reshape(b.SumTo(b.Add(new MatMul(), g, Transposed(b, b.Reshape(b.Input(1), wm))), xm), x));
        if (b.Needs(1)) b.Accumulate(1, b.Reshape(b.SumTo(b.Add(new MatMul(), Transposed(b, b.Reshape(b.Input(0), xm)), g), wm), w));
    }

    private static void RequireNumbers(Signature s)
    {
        s.RequireSameElement(0, 1);
        if (s.Input(0).Element == ElementType.Bool) throw new GraphException($"has no product of {s.Input(0)}; cast it to a number");
    }

    private static Shape Lead(Shape s) => s.Rank <= 2 ? Shape.Scalar : new Shape(s.Dims[..^2]);

    private static Value Transposed(Backward b, Value value)
    {
        int rank = b.Type(value).Rank;
        int[] order = [.. Enumerable.Range(0, rank - 2), rank - 1, rank - 2];
        return b.Add(new Transpose { Permutation = [.. order.Select(i => (long)i)] }, value);
    }
}
