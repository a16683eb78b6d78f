using System.Runtime.Intrinsics.X86;
using Headroom.Graph;
using Headroom.Graph.Operators;
using Headroom.Runtime.Kernels.Linear;
using Headroom.Runtime.LibTorch;

namespace Headroom.Runtime.Kernels.Attention;

/// <summary>
/// Attention in fp32 over sequences whose scores for a few queries fit a core's caches: each thread takes heads, packs their keys and values once, and lets strips of queries go past them. Nothing is copied:
/// operands and results are read and written where they lie, also as thirds of one packed projection. Of causal attention only what is seen is computed, and keys that a mask hides at a sequence's end are left out.
/// </summary>
internal static unsafe class AttentionTiles
{
    private const long MostKeys = 2048, MostWidth = 256;

    /// <summary>Whether a node is taken: fp32, heads as in the first paper, a mask, if any, that is the same for all heads and queries.</summary>
    public static bool Takes(AttentionShape a, Signature s, int first, int mask)
    {
        if (!Avx512F.IsSupported || !a.IsPlain || a.Keys > MostKeys || a.Width > MostWidth || a.Batch * a.Heads < 2 * Workers.Pieces) return false;
        for (int i = first; i < first + 3; i++) if (s.Input(i).Element != ElementType.Float32) return false;
        return !s.Has(mask) || ((s.Input(mask).Element is ElementType.Bool or ElementType.Float32) && AttentionOperator.IsMaskOfKeys(s.Input(mask)));
    }

    /// <summary>Working space: what the mask adds to each sequence's keys.</summary>
    public static long Bytes(AttentionShape a, bool masked) => masked ? a.Batch * a.Keys * sizeof(float) : 0;

    /// <summary>Inputs query, key, value and mask (3); outputs y and, where wanted, the log-sum-exp <c>[batch, queries, heads]</c>.</summary>
    public static void Forward(AttentionOperator op, AttentionShape a, KernelContext c)
        => Workers.For(new AttentionTilesForward
        {
            Shape = a, Q = Heads(c.Input(0), a), K = Heads(c.Input(1), a), V = Heads(c.Input(2), a), Y = Heads(c.Output(0), a),
            LogSumExp = c.Wants(1) ? c.Out<float>(1) : null, Keys = KeysSeen(op, a, c, 3),
        }, a.Batch * a.Heads);

    /// <summary>Inputs dy, query, key, value, y, the log-sum-exp and the mask (6); outputs the gradients by query, key and value.</summary>
    public static void Backward(AttentionGradient op, AttentionShape a, KernelContext c)
    {
        var work = new AttentionTilesBackward
        {
            Shape = a, DY = Heads(c.Input(0), a), Q = Heads(c.Input(1), a), K = Heads(c.Input(2), a), V = Heads(c.Input(3), a), Y = Heads(c.Input(4), a), LogSumExp = c.In<float>(5), Keys = KeysSeen(op, a, c, 6),
        };
        if (op.Joined)
        {
            HeadMatrices all = Heads(c.Output(0), a);
            long third = a.Heads * a.Width;
            (work.DQ, work.DK, work.DV) = (all, all.After(third), all.After(2 * third));
        }
        else
        {
            if (c.Wants(0)) work.DQ = Heads(c.Output(0), a);
            if (c.Wants(1)) work.DK = Heads(c.Output(1), a);
            if (c.Wants(2)) work.DV = Heads(c.Output(2), a);
        }
        Workers.For(work, a.Batch * a.Heads);
    }

    /// <summary>Whether numbers of a head follow each other in memory.</summary>
    public static bool Dense(KernelContext c, int first)
    {
        for (int i = first; i < first + 3; i++) if (c.Input(i).Strides[^1] != 1) return false;
        return true;
    }

    private static HeadMatrices Heads(Tensor tensor, AttentionShape a)
    {
        ReadOnlySpan<long> s = tensor.Strides;
        return a.Packed ? new HeadMatrices((float*)tensor.Data, s[0], a.Width, s[1]) : new HeadMatrices((float*)tensor.Data, s[0], s[1], s[2]);
    }

    private static SeenKeys KeysSeen(AttentionOperator op, AttentionShape a, KernelContext c, int mask)
    {
        if (c.Has(mask)) AttentionMask.Rows(c, mask, a, (float*)c.Workspace);
        return new SeenKeys(c.Has(mask) ? (float*)c.Workspace : null, a.Keys, op.IsCausal, (float)op.ScaleOf(a));
    }
}

/// <summary>The matrices <c>[seq, width]</c> of an operand's heads; strides in floats. Of nothing where nobody wants them.</summary>
internal readonly unsafe struct HeadMatrices(float* data, long batch, long head, long row)
{
    private readonly float* _data = data;
    private readonly long _batch = batch, _head = head;

    public readonly long Row = row;

    public bool Wanted => _data != null;

    public float* Data(long batch, long head) => _data + batch * _batch + head * _head;

    public Matrix Of(long batch, long head) => new((nint)Data(batch, head), Row, 1);

    public Matrix Turned(long batch, long head) => new((nint)Data(batch, head), 1, Row);

    public HeadMatrices After(long floats) => new(_data + floats, _batch, _head, Row);
}

/// <summary>Which keys a query sees, and what is added to its scores.</summary>
internal readonly unsafe struct SeenKeys(float* mask, long keys, bool causal, float scale)
{
    /// <summary>What scores are multiplied by.</summary>
    public readonly float Scale = scale;

    private readonly float* _mask = mask;
    private readonly long _keys = keys;
    private readonly bool _causal = causal;

    public bool Masked => _mask != null;

    /// <summary>Keys of a sequence up to the last that is not hidden, and what is added to their scores, up to the next multiple of 16; into <paramref name="added"/>, which is not touched without a mask.</summary>
    public long Of(long batch, float* added)
    {
        if (_mask == null) return _keys;
        float* row = _mask + batch * _keys;
        long last = _keys;
        while (last > 0 && float.IsNegativeInfinity(row[last - 1])) last--;
        for (long k = 0; k < last; k++) added[k] = row[k];
        for (long k = last; k % 16 != 0; k++) added[k] = float.NegativeInfinity;
        return last;
    }

    /// <summary>How many of a sequence's keys a query sees.</summary>
    public long Seen(long query, long all) => _causal ? Math.Min(query + 1, all) : all;
}
