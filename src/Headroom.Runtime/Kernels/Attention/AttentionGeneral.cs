using Headroom.Graph;
using Headroom.Graph.Operators;
using Headroom.Runtime.LibTorch;

namespace Headroom.Runtime.Kernels.Attention;

/// <summary>
/// Attention in its whole ONNX form, by batched products around our softmax. The query heads that share a head of key and value lie behind one another, so a group is one taller matrix and no key is ever repeated.
/// Computed in fp32 (fp64 where an operand is), in blocks of rows, so that few scores are held at once.
/// </summary>
internal static unsafe class AttentionGeneral
{
    /// <summary>Scores held at once at the most, unless one row is longer.</summary>
    private const long MostScores = 4 << 20;

    public static long ForwardBytes(AttentionOperator op, Signature s) => new AttentionSpace(op, s, null, backward: false).Bytes;

    public static long BackwardBytes(AttentionOperator op, Signature s) => new AttentionSpace(op, s, null, backward: true).Bytes;

    public static void Forward(AttentionOperator op, KernelContext c)
    {
        var space = new AttentionSpace(op, c.Signature, c.Workspace, backward: false);
        AttentionShape a = space.Shape;
        // A training form's second output is the log-sum-exp.
        bool whole = op is Graph.Operators.Attention;
        if (whole && c.Wants(1)) AttentionOperands.Concatenate(c, 1, a, 4, 1, a.Width);
        if (whole && c.Wants(2)) AttentionOperands.Concatenate(c, 2, a, 5, 2, a.ValueWidth);
        if (a.Batch * a.Heads * a.Queries == 0) return;
        if (a.Keys == 0)
        {
            c.Output(0).Zero(c.Node.Name);
            if (!whole && c.Wants(1)) Fill(c, 1, double.NegativeInfinity);
            return;
        }
        byte* q = AttentionOperands.Load(c, 0, -1, a, a.Heads, space.Q, space.Compute), k = AttentionOperands.Load(c, 1, 4, a, a.KeyHeads, space.K, space.Compute);
        byte* v = AttentionOperands.Load(c, 2, 5, a, a.KeyHeads, space.V, space.Compute);
        bool direct = !a.Packed && c.Output(0).ScalarType == space.Compute;
        byte* y = direct ? c.Out<byte>(0) : space.Y, scores = null;
        if (whole && c.Wants(3)) scores = c.Output(3).ScalarType == space.Compute ? c.Out<byte>(3) : space.Scores;
        AttentionRows rows = Rows(op, c, space);
        rows.ScoresOut = scores;
        rows.LogSumExp = !whole && c.Wants(1) ? c.Out<byte>(1) : null;
        rows.LogSumExpIsDouble = rows.LogSumExp != null && c.Signature.Output(1).Element == ElementType.Float64;
        foreach (Block block in Blocks(a))
        {
            Multiply(c, space, block, space.S, a.Keys, q, a.Width, k, transposed: true, op.ScaleOf(a));
            rows.Forward(block, space);
            Multiply(c, space, block, y + block.At(a.ValueWidth) * space.Size, a.ValueWidth, space.S, a.Keys, v, transposed: false, 1, own: true);
        }
        if (!direct) AttentionOperands.Store(c, 0, y, a, a.Heads, a.Queries, 0, a.Queries, a.ValueWidth, space.Compute);
        if (scores == space.Scores && scores != null)
        {
            using Tensor all = Tensor.Wrap(scores, a.Mask.Dims, space.Compute, c.Device);
            c.Output(3).CopyFrom(all, node: c.Node.Name);
        }
    }

    public static void Backward(AttentionGeneralGradient op, KernelContext c)
    {
        const int dyAt = AttentionGeneralGradient.First;
        var space = new AttentionSpace(op, c.Signature, c.Workspace, backward: true);
        AttentionShape a = space.Shape;
        using Tensor dk = Tensor.Wrap(space.DK, [a.Batch, a.KeyHeads, a.Keys, a.Width], space.Compute, c.Device), dv = Tensor.Wrap(space.DV, [a.Batch, a.KeyHeads, a.Keys, a.ValueWidth], space.Compute, c.Device);
        if (c.Has(dyAt + 1)) dk.CopyFrom(c.Input(dyAt + 1)); else dk.Zero();
        if (c.Has(dyAt + 2)) dv.CopyFrom(c.Input(dyAt + 2)); else dv.Zero();
        if (a.Scores > 0 && (c.Has(dyAt) || c.Has(dyAt + 3)))
        {
            byte* q = AttentionOperands.Load(c, 0, -1, a, a.Heads, space.Q, space.Compute), k = AttentionOperands.Load(c, 1, 4, a, a.KeyHeads, space.K, space.Compute);
            byte* v = AttentionOperands.Load(c, 2, 5, a, a.KeyHeads, space.V, space.Compute), dy = c.Has(dyAt) ? AttentionOperands.Load(c, dyAt, -1, a, a.Heads, space.DY, space.Compute) : null;
            AttentionRows rows = Rows(op, c, space);
            if (c.Has(dyAt + 3)) rows.ScoresGradient = AttentionOperands.Load(c, dyAt + 3, -1, a with { Packed = false }, a.Heads, space.Scores, space.Compute);
            if (c.Wants(3)) rows.MaskGradient = c.Output(3).ScalarType == space.Compute ? c.Out<byte>(3) : space.DMask;
            foreach (Block block in Blocks(a))
            {
                Multiply(c, space, block, space.S, a.Keys, q, a.Width, k, transposed: true, op.ScaleOf(a));
                rows.Forward(block, space);
                if (dy != null)
                {
                    Multiply(c, space, block, space.D, a.Keys, dy, a.ValueWidth, v, transposed: true, 1);
                    Gather(c, space, block, space.DV, space.S, dy, a.ValueWidth, 1);
                }
                else new Span<byte>(space.D, checked((int)(block.Groups * block.Rows * a.Keys * space.Size))).Clear();
                rows.Backward(block, space);
                Multiply(c, space, block, space.DQ + block.At(a.Width) * space.Size, a.Width, space.D, a.Keys, k, transposed: false, op.ScaleOf(a), own: true);
                Gather(c, space, block, space.DK, space.D, q, a.Width, op.ScaleOf(a));
            }
            if (rows.MaskGradient == space.DMask && space.DMask != null) AttentionOperands.Convert(c, 3, space.DMask, space.Compute);
        }
        else
        {
            using Tensor dq = Tensor.Wrap(space.DQ, [a.Batch, a.Heads, a.Queries, a.Width], space.Compute, c.Device);
            dq.Zero();
            if (c.Wants(3)) c.Output(3).Zero(c.Node.Name);
        }
        long fresh = a.Keys - a.Past;
        if (c.Wants(0)) AttentionOperands.Store(c, 0, space.DQ, a, a.Heads, a.Queries, 0, a.Queries, a.Width, space.Compute);
        if (c.Wants(1)) AttentionOperands.Store(c, 1, space.DK, a, a.KeyHeads, a.Keys, a.Past, fresh, a.Width, space.Compute);
        if (c.Wants(2)) AttentionOperands.Store(c, 2, space.DV, a, a.KeyHeads, a.Keys, a.Past, fresh, a.ValueWidth, space.Compute);
        if (c.Wants(4)) AttentionOperands.Store(c, 4, space.DK, a with { Packed = false }, a.KeyHeads, a.Keys, 0, a.Past, a.Width, space.Compute);
        if (c.Wants(5)) AttentionOperands.Store(c, 5, space.DV, a with { Packed = false }, a.KeyHeads, a.Keys, 0, a.Past, a.ValueWidth, space.Compute);
    }

    private static AttentionRows Rows(AttentionOperator op, KernelContext c, AttentionSpace space)
    {
        AttentionShape a = space.Shape;
        var rows = new AttentionRows
        {
            Shape = a, Causal = op.IsCausal, Left = op.LeftWindow, Right = op.RightWindow, Cap = op.Softcap, Kind = op.ScoresOutput, Precision = op.SoftmaxPrecision, Nonpad = c.Has(6) ? c.In<long>(6) : null,
        };
        if (c.Has(3)) AttentionOperands.Mask(c, a, space, ref rows);
        return rows;
    }

    /// <summary>The most rows that are held at once, and how many groups they may be of.</summary>
    internal static (long Groups, long Rows) BlockOf(AttentionShape a)
    {
        long rows = a.Group * a.Queries, one = rows * a.Keys;
        if (one == 0) return (0, 0);
        return one <= MostScores ? (Math.Min(a.Batch * a.KeyHeads, MostScores / one), rows) : (1, Math.Max(1, MostScores / a.Keys));
    }

    private static IEnumerable<Block> Blocks(AttentionShape a)
    {
        (long groups, long rows) = BlockOf(a);
        long all = a.Group * a.Queries;
        for (long g = 0; g < a.Batch * a.KeyHeads; g += groups)
            for (long r = 0; r < all; r += rows)
                yield return new Block(g, Math.Min(groups, a.Batch * a.KeyHeads - g), r, Math.Min(rows, all - r), all);
    }

    /// <summary><c>into = scale · left · right</c> for a block: left is rows of queries, right keys or values of the block's groups. With <paramref name="own"/>, left is the block itself.</summary>
    private static void Multiply(KernelContext c, AttentionSpace space, Block b, byte* into, long columns, byte* left, long inner, byte* right, bool transposed, double scale, bool own = false)
    {
        long keys = space.Shape.Keys;
        using Tensor y = Tensor.Wrap(into, [b.Groups, b.Rows, columns], space.Compute, c.Device), l = Tensor.Wrap(own ? left : left + b.At(inner) * space.Size, [b.Groups, b.Rows, inner], space.Compute, c.Device);
        using Tensor r = Tensor.Wrap(right + b.Group * keys * (transposed ? inner : columns) * space.Size, [b.Groups, keys, transposed ? inner : columns], space.Compute, c.Device);
        using Tensor turned = transposed ? r.Transposed() : r.Share();
        c.Shims.BaddbmmOut(y, y, l, turned, 0, scale, c.Node.Name);
    }

    /// <summary><c>into += scale · blockᵀ · rows</c>: what keys and values get from a block of scores.</summary>
    private static void Gather(KernelContext c, AttentionSpace space, Block b, byte* into, byte* block, byte* rows, long width, double scale)
    {
        long keys = space.Shape.Keys;
        using Tensor y = Tensor.Wrap(into + b.Group * keys * width * space.Size, [b.Groups, keys, width], space.Compute, c.Device), s = Tensor.Wrap(block, [b.Groups, b.Rows, keys], space.Compute, c.Device);
        using Tensor r = Tensor.Wrap(rows + b.At(width) * space.Size, [b.Groups, b.Rows, width], space.Compute, c.Device), turned = s.Transposed();
        c.Shims.BaddbmmOut(y, y, turned, r, 1, scale, c.Node.Name);
    }

    private static void Fill(KernelContext c, int output, double value) => c.Shims.Fill(c.Output(output), value, c.Node.Name);
}

/// <summary>Some rows of some groups: whole groups, or a piece of one.</summary>
/// <param name="Group">The first, counted over batch and heads of the key.</param>
/// <param name="Groups">How many.</param>
/// <param name="Row">The first row in its group.</param>
/// <param name="Rows">Rows of each group.</param>
/// <param name="All">Rows that a whole group has.</param>
internal readonly record struct Block(long Group, long Groups, long Row, long Rows, long All)
{
    /// <summary>Where the block begins in a tensor <c>[batch, heads, queries, width]</c>.</summary>
    public long At(long width) => (Group * All + Row) * width;
}
