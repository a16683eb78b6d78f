using Headroom.Graph;
using Headroom.Graph.Operators;
using Headroom.Runtime.LibTorch;

namespace Headroom.Runtime.Kernels.Attention;

/// <summary>Between the graph's tensors, of either form and any floating type, and the contiguous <c>[batch, heads, seq, width]</c> that the general kernel computes with.</summary>
internal static unsafe class AttentionOperands
{
    /// <summary>An operand, with the past before it where there is one: where it lies, if it needs no change, else a copy in <paramref name="into"/>.</summary>
    public static byte* Load(KernelContext c, int input, int past, AttentionShape a, long heads, byte* into, ScalarType compute)
    {
        Tensor x = c.Input(input);
        bool joined = past >= 0 && c.Has(past) && a.Past > 0;
        if (!a.Packed && !joined && x.ScalarType == compute && x.Strides.SequenceEqual(new Shape(x.Sizes).Strides())) return (byte*)x.Data;
        using Tensor window = Window(x, a.Packed, heads);
        long fresh = window.Sizes[2], width = window.Sizes[3], before = joined ? a.Past : 0;
        using Tensor all = Tensor.Wrap(into, [a.Batch, heads, before + fresh, width], compute, c.Device);
        if (joined) Copy(Part(all, 0, before), c.Input(past), c);
        Copy(Part(all, before, fresh), window, c);
        return into;
    }

    /// <summary>An output <c>[batch, heads, past + seq, width]</c> of what came before and what comes now.</summary>
    public static void Concatenate(KernelContext c, int output, AttentionShape a, int past, int input, long width)
    {
        Tensor y = c.Output(output);
        long before = c.Has(past) ? a.Past : 0;
        if (before > 0) Copy(Part(y, 0, before), c.Input(past), c);
        using Tensor window = Window(c.Input(input), a.Packed, a.KeyHeads);
        Copy(Part(y, before, a.Keys - before), window, c);
    }

    /// <summary>Some positions of a working tensor into an output, in the output's form and type.</summary>
    public static void Store(KernelContext c, int output, byte* from, AttentionShape a, long heads, long length, long first, long count, long width, ScalarType compute)
    {
        using Tensor all = Tensor.Wrap(from, [a.Batch, heads, length, width], compute, c.Device), part = Part(all, first, count);
        using Tensor target = Window(c.Output(output), a.Packed, heads);
        Copy(target.Share(), part, c);
    }

    /// <summary>A whole output in another type.</summary>
    public static void Convert(KernelContext c, int output, byte* from, ScalarType compute)
    {
        using Tensor all = Tensor.Wrap(from, c.Output(output).Sizes, compute, c.Device);
        c.Output(output).CopyFrom(all, node: c.Node.Name);
    }

    /// <summary>The mask as what is added to the scores, and how it is walked.</summary>
    public static void Mask(KernelContext c, AttentionShape a, AttentionSpace space, ref AttentionRows rows)
    {
        TensorType mask = c.Signature.Input(3);
        if (mask.Element == ElementType.Bool)
        {
            bool* seen = c.In<bool>(3);
            for (long i = 0; i < mask.Elements; i++)
            {
                if (space.Size == 8) ((double*)space.Mask)[i] = seen[i] ? 0 : double.NegativeInfinity;
                else ((float*)space.Mask)[i] = seen[i] ? 0 : float.NegativeInfinity;
            }
            rows.Mask = space.Mask;
        }
        else if (c.Input(3).ScalarType == space.Compute) rows.Mask = c.In<byte>(3);
        else
        {
            using Tensor target = Tensor.Wrap(space.Mask, mask.Shape.Dims, space.Compute, c.Device);
            target.CopyFrom(c.Input(3), node: c.Node.Name);
            rows.Mask = space.Mask;
        }
        long[] strides = mask.Shape.Strides();
        long Stride(int fromEnd) => mask.Rank < fromEnd || mask.Shape[-fromEnd] == 1 ? 0 : strides[^fromEnd];
        (rows.MaskBatch, rows.MaskHead, rows.MaskQuery, rows.MaskKey) = (Stride(4), Stride(3), Stride(2), Stride(1));
    }

    private static Tensor Window(Tensor x, bool packed, long heads)
    {
        ReadOnlySpan<long> n = x.Sizes, s = x.Strides;
        if (!packed) return x.Share();
        long width = n[2] / heads;
        return x.View([n[0], heads, n[1], width], [s[0], width * s[2], s[1], s[2]], x.StorageOffset);
    }

    private static Tensor Part(Tensor all, long first, long count)
    {
        ReadOnlySpan<long> n = all.Sizes, s = all.Strides;
        return all.View([n[0], n[1], count, n[3]], s, all.StorageOffset + first * s[2]);
    }

    private static void Copy(Tensor target, Tensor source, KernelContext c)
    {
        using (target)
            if (target.Elements > 0) target.CopyFrom(source, node: c.Node.Name);
    }
}
