using Headroom.Graph.Operators;
using Headroom.Runtime.LibTorch;

namespace Headroom.Runtime.Kernels.Attention;

/// <summary>Between the graph's forms of heads and the <c>[batch, heads, seq, width]</c> that libtorch takes.</summary>
internal static class Heads4
{
    /// <summary>A window <c>[batch, heads, seq, width]</c> on an input of either form; a copy only where the last axis has gaps, which the blocked kernel can't read.</summary>
    public static Tensor Of(Tensor tensor, AttentionShape a, long length)
    {
        ReadOnlySpan<long> s = tensor.Strides;
        if (s[^1] != 1 && tensor.Sizes[^1] != 1)
        {
            using Tensor copy = RowMajor.Copy(tensor);
            return Of(copy, a, length);
        }
        return a.Packed
            ? tensor.View([a.Batch, a.Heads, length, a.Width], [s[0], a.Width, s[1], 1], tensor.StorageOffset)
            : tensor.View([a.Batch, a.Heads, length, a.Width], [s[0], s[1], s[2], 1], tensor.StorageOffset);
    }

    /// <summary>Hands a result <c>[batch, heads, seq, width]</c> over in the graph's form. Its memory is usually <c>[batch, seq, heads, width]</c>: then the packed form is a window on it.</summary>
    public static void Give(KernelContext c, int output, Tensor tensor, AttentionShape a)
    {
        using (tensor)
        {
            if (!c.Wants(output)) return;
            if (!a.Packed)
            {
                c.Output(output).CopyFrom(tensor);
                return;
            }
            using Tensor turned = Turned(tensor, a);
            using Tensor target = c.Output(output).View(turned.Sizes);
            target.CopyFrom(turned);
        }
    }

    /// <summary>The same for a third of the one output, <c>[batch, seq, 3 · heads · width]</c>.</summary>
    public static void GiveThird(KernelContext c, int third, Tensor tensor, AttentionShape a)
    {
        using (tensor)
        {
            using Tensor turned = Turned(tensor, a);
            long row = a.Heads * a.Width;
            Tensor all = c.Output(0);
            using Tensor target = all.View(turned.Sizes, [a.Queries * 3 * row, 3 * row, a.Width, 1], all.StorageOffset + third * row);
            target.CopyFrom(turned);
        }
    }

    /// <summary><c>[batch, heads, seq, width]</c> as <c>[batch, seq, heads, width]</c>.</summary>
    private static Tensor Turned(Tensor tensor, AttentionShape a)
    {
        ReadOnlySpan<long> s = tensor.Strides;
        return tensor.View([a.Batch, tensor.Sizes[2], a.Heads, a.Width], [s[0], s[2], s[1], s[3]], tensor.StorageOffset);
    }
}
