using Headroom.Graph;
using Headroom.Graph.Operators;
using Headroom.Runtime.Kernels.Fused;
using Headroom.Runtime.LibTorch;

namespace Headroom.Runtime.Kernels.Attention;

/// <summary>
/// Attention in bf16 by batched products over contiguous <c>[batch · heads, seq, width]</c> operands, with our softmax between them. The scores stand in the workspace; the backward pass makes them again,
/// so that nothing quadratic outlives the node.
/// </summary>
internal static unsafe class AttentionProducts
{
    private const int Size = 2;

    public static long ForwardBytes(AttentionShape a, bool masked) => 2 * Query(a) + 2 * Key(a) + Scores(a) + Mask(a, masked);

    public static long BackwardBytes(AttentionShape a, bool masked) => 2 * Query(a) + 3 * Key(a) + 2 * Scores(a) + Mask(a, masked);

    public static void Forward(AttentionOperator op, AttentionShape a, KernelContext c)
    {
        byte* at = c.Workspace, q = at, k = q + Query(a), v = k + Key(a), y = v + Key(a), p = y + Query(a);
        Split(c, 0, a, ref q, ref k, ref v);
        Weights(op, a, c, 3, q, k, p, (float*)(p + Scores(a)));
        byte* target = a.Packed ? y : c.Out<byte>(0);
        Multiply(c, target, a.Queries, a.Width, p, a.Keys, false, v, false);
        if (a.Packed) Merge(c, 0, y, a, a.Queries);
    }

    public static void Backward(AttentionGradient op, AttentionShape a, KernelContext c)
    {
        byte* q = c.Workspace, k = q + Query(a), v = k + Key(a), dy = v + Key(a), dv = dy + Query(a), p = dv + Key(a), ds = p + Scores(a);
        // Written when what stood there has been read for the last time; of one size, they stand in order, dv behind them.
        byte* dq = a.Queries == a.Keys ? v : dy, dk = a.Queries == a.Keys ? dy : v;
        bool all = op.Joined, wantsQ = all || c.Wants(0), wantsK = all || c.Wants(1), wantsV = all || c.Wants(2);
        Split(c, 1, a, ref q, ref k, ref v);
        One(c.Input(0), c, a, a.Queries, ref dy);
        if (!a.Packed)
        {
            dq = c.Wants(0) ? c.Out<byte>(0) : null;
            dk = c.Wants(1) ? c.Out<byte>(1) : null;
            dv = c.Wants(2) ? c.Out<byte>(2) : null;
        }
        Weights(op, a, c, 6, q, k, p, (float*)(ds + Scores(a)));
        if (wantsV) Multiply(c, dv, a.Keys, a.Width, p, a.Queries, true, dy, false);
        if (wantsQ || wantsK)
        {
            Multiply(c, ds, a.Queries, a.Keys, dy, a.Width, false, v, true);
            Fused.Softmax.Backward(p, ds, ScalarType.BFloat16, a.Batch * a.Heads, a.Queries, a.Keys, (float)op.ScaleOf(a), op.IsCausal);
            if (wantsQ) Multiply(c, dq, a.Queries, a.Width, ds, a.Keys, false, k, false);
            if (wantsK) Multiply(c, dk, a.Keys, a.Width, ds, a.Queries, true, q, false);
        }
        if (!a.Packed) return;
        if (all)
        {
            Join(c, a, dq, dk, dv);
            return;
        }
        if (wantsQ) Merge(c, 0, dq, a, a.Queries);
        if (wantsK) Merge(c, 1, dk, a, a.Keys);
        if (wantsV) Merge(c, 2, dv, a, a.Keys);
    }

    private static void Weights(AttentionOperator op, AttentionShape a, KernelContext c, int mask, byte* q, byte* k, byte* p, float* rows)
    {
        Multiply(c, p, a.Queries, a.Keys, q, a.Width, false, k, true);
        bool byQuery = c.Has(mask) && AttentionOperator.IsByQuery(a, c.Signature.Input(mask));
        if (byQuery) rows = c.In<float>(mask);
        else if (c.Has(mask)) AttentionMask.Rows(c, mask, a, rows);
        Fused.Softmax.Forward(p, ScalarType.BFloat16, a.Batch * a.Heads, a.Queries, a.Keys, (float)op.ScaleOf(a), op.IsCausal, c.Has(mask) ? rows : null, a.Heads, byQuery ? a.Queries : 1);
    }

    /// <summary><c>into[m, n] = left · right</c> for every head; a transposed operand is stored the other way round.</summary>
    private static void Multiply(KernelContext c, byte* into, long m, long n, byte* left, long inner, bool leftTransposed, byte* right, bool rightTransposed)
    {
        // All operands of one node have batch · heads matrices; the count follows from the scores' shape.
        long count = Count(c);
        using Tensor y = Wrap(into, count, m, n, c), l = leftTransposed ? Turned(left, count, inner, m, c) : Wrap(left, count, m, inner, c), r = rightTransposed ? Turned(right, count, n, inner, c) : Wrap(right, count, inner, n, c);
        c.Shims.BmmOut(y, l, r, c.Node.Name);
    }

    private static long Count(KernelContext c)
    {
        var op = (AttentionOperator)c.Node.Operator;
        AttentionShape a = op is AttentionGradient ? op.ShapeOf(c.Signature, 1, 6) : op.ShapeOf(c.Signature);
        return a.Batch * a.Heads;
    }

    private static Tensor Wrap(byte* data, long count, long rows, long columns, KernelContext c) => Tensor.Wrap(data, [count, rows, columns], ScalarType.BFloat16, c.Device);

    private static Tensor Turned(byte* data, long count, long rows, long columns, KernelContext c)
    {
        using Tensor t = Wrap(data, count, rows, columns, c);
        return t.Transposed();
    }

    /// <summary>Query, key and value as contiguous matrices: in one visit where they are thirds of one packed projection.</summary>
    private static void Split(KernelContext c, int first, AttentionShape a, ref byte* q, ref byte* k, ref byte* v)
    {
        Tensor x = c.Input(first);
        long row = a.Heads * a.Width;
        byte* data = (byte*)x.Data;
        if (a.Packed && a.Queries == a.Keys && c.Input(first + 1).Data == data + row * Size && c.Input(first + 2).Data == data + 2 * row * Size
            && Rows(x, 3 * row) && Rows(c.Input(first + 1), 3 * row) && Rows(c.Input(first + 2), 3 * row) && k == q + a.Scores / a.Keys * a.Width * Size && v == k + a.Scores / a.Keys * a.Width * Size)
        {
            Heads.Split(data, null, q, ScalarType.BFloat16, a.Batch, a.Queries, 3, a.Heads, a.Width);
            return;
        }
        One(x, c, a, a.Queries, ref q);
        One(c.Input(first + 1), c, a, a.Keys, ref k);
        One(c.Input(first + 2), c, a, a.Keys, ref v);
    }

    /// <summary>One operand as contiguous matrices; in the 4-D form it may be so already.</summary>
    private static void One(Tensor tensor, KernelContext c, AttentionShape a, long length, ref byte* into)
    {
        if (a.Packed && Rows(tensor, a.Heads * a.Width))
        {
            Heads.Split(tensor.Data, null, into, ScalarType.BFloat16, a.Batch, length, 1, a.Heads, a.Width);
            return;
        }
        if (!a.Packed && tensor.Strides.SequenceEqual(new Shape(tensor.Sizes).Strides()))
        {
            into = (byte*)tensor.Data;
            return;
        }
        using Tensor from = Heads4.Of(tensor, a, length), to = Tensor.Wrap(into, [a.Batch, a.Heads, length, a.Width], ScalarType.BFloat16, c.Device);
        to.CopyFrom(from);
    }

    private static void Merge(KernelContext c, int output, byte* from, AttentionShape a, long length)
        => Heads.Merge(from, c.Out<byte>(output), null, ScalarType.BFloat16, a.Batch, length, 1, a.Heads, a.Width);

    /// <summary>The three gradients into the one output, in one visit; they stand one behind the other up to the end of a cache line.</summary>
    private static void Join(KernelContext c, AttentionShape a, byte* dq, byte* dk, byte* dv)
    {
        long bytes = a.Batch * a.Heads * a.Queries * a.Width * Size;
        if (dk != dq + bytes) Buffer.MemoryCopy(dk, dq + bytes, bytes, bytes);
        if (dv != dq + 2 * bytes) Buffer.MemoryCopy(dv, dq + 2 * bytes, bytes, bytes);
        Heads.Merge(dq, c.Out<byte>(0), null, ScalarType.BFloat16, a.Batch, a.Queries, 3, a.Heads, a.Width);
    }

    /// <summary>Whether rows of a packed operand follow each other at this distance throughout.</summary>
    private static bool Rows(Tensor tensor, long distance)
    {
        ReadOnlySpan<long> s = tensor.Strides, sizes = tensor.Sizes;
        return s[2] == 1 && s[1] == distance && (sizes[0] == 1 || s[0] == distance * sizes[1]);
    }

    private static long Query(AttentionShape a) => Align(a.Batch * a.Heads * a.Queries * a.Width * Size);

    private static long Key(AttentionShape a) => Align(a.Batch * a.Heads * a.Keys * a.Width * Size);

    private static long Scores(AttentionShape a) => Align(a.Scores * Size);

    private static long Mask(AttentionShape a, bool masked) => masked ? Align(a.Batch * a.Keys * sizeof(float)) : 0;

    private static long Align(long bytes) => (bytes + 63) / 64 * 64;
}
