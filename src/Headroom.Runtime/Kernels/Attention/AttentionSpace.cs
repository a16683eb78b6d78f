using Headroom.Graph;
using Headroom.Graph.Operators;
using Headroom.Runtime.Execution;
using Headroom.Runtime.LibTorch;

namespace Headroom.Runtime.Kernels.Attention;

/// <summary>Where the general kernel's working tensors stand, all contiguous <c>[batch, heads, seq, width]</c> in the type it computes in. Made twice by the same arithmetic: to count the bytes, and to place them.</summary>
internal readonly unsafe struct AttentionSpace
{
    public readonly AttentionShape Shape;
    public readonly ScalarType Compute;
    public readonly int Size;
    public readonly long Bytes;

    /// <summary>Query, key and value with the past, the result.</summary>
    public readonly byte* Q, K, V, Y;

    /// <summary>A block of scores, then weights; the slopes of the cap there; the gradients of the weights, then scores.</summary>
    public readonly byte* S, Slopes, D;

    /// <summary>The additive mask in its own shape; all scores (or their gradient) where another type is wanted outside.</summary>
    public readonly byte* Mask, Scores;

    public readonly byte* DY, DQ, DK, DV, DMask;

    public AttentionSpace(AttentionOperator op, Signature s, byte* at, bool backward)
    {
        AttentionShape a = Shape = op.ShapeOf(s);
        ElementType compute = AttentionOperator.Compute(s);
        Compute = compute.ToScalarType();
        int size = Size = compute.Size();
        long used = 0, batchHeads = a.Batch * a.Heads, batchKeys = a.Batch * a.KeyHeads * a.Keys;
        (long groups, long rows) = AttentionGeneral.BlockOf(a);
        long block = groups * rows * a.Keys;
        byte* Take(bool wanted, long elements)
        {
            if (!wanted) return null;
            byte* taken = at + used;
            used += (elements * size + 63) / 64 * 64;
            return taken;
        }
        Q = Take(true, batchHeads * a.Queries * a.Width);
        K = Take(true, batchKeys * a.Width);
        V = Take(true, batchKeys * a.ValueWidth);
        S = Take(true, block);
        Mask = Take(s.Has(3), s.Has(3) ? s.Input(3).Elements : 0);
        bool scores = backward ? s.Has(AttentionGeneralGradient.First + 3) : op is Graph.Operators.Attention && s.Wants(3) && s.Input(0).Element != compute;
        Scores = Take(scores, a.Scores);
        Y = Take(!backward, batchHeads * a.Queries * a.ValueWidth);
        Slopes = Take(backward && op.Softcap > 0, block);
        D = Take(backward, block);
        DY = Take(backward, batchHeads * a.Queries * a.ValueWidth);
        DQ = Take(backward, batchHeads * a.Queries * a.Width);
        DK = Take(backward, batchKeys * a.Width);
        DV = Take(backward, batchKeys * a.ValueWidth);
        DMask = Take(backward && s.Wants(3) && s.Outputs.Length > 3 && s.Output(3).Element != compute, batchHeads * a.Queries * a.MaskKeys);
        Bytes = used;
    }
}
