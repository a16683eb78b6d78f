using Headroom.Graph;
using Headroom.Graph.Operators;
using Headroom.Runtime.Execution;
using Headroom.Runtime.LibTorch;

namespace Headroom.Runtime.Kernels.Attention;

/// <summary>Masks as what is added to the scores: a bool becomes 0 or -∞.</summary>
internal static unsafe class AttentionMask
{
    /// <summary>Workspace of a bool mask's additive form, at the mask's own shape.</summary>
    public static long Bytes(Signature s, int input)
        => s.Has(input) && s.Input(input).Element == ElementType.Bool ? new TensorType(Additive(s), s.Input(input).Shape).Bytes : 0;

    /// <summary>The mask with four axes, which libtorch broadcasts; null where there is none.</summary>
    public static Tensor? Of(KernelContext c, int input)
    {
        if (!c.Has(input)) return null;
        TensorType mask = c.Signature.Input(input);
        Span<long> dims = [1, 1, 1, 1];
        mask.Shape.Dims.CopyTo(dims[(4 - mask.Rank)..]);
        if (mask.Element != ElementType.Bool) return c.Input(input).View(dims);
        ElementType element = Additive(c.Signature);
        bool* seen = c.In<bool>(input);
        for (long i = 0; i < mask.Elements; i++)
        {
            if (element == ElementType.Float64) ((double*)c.Workspace)[i] = seen[i] ? 0 : double.NegativeInfinity;
            else ((float*)c.Workspace)[i] = seen[i] ? 0 : float.NegativeInfinity;
        }
        return Tensor.Wrap(c.Workspace, dims, element.ToScalarType(), c.Device);
    }

    /// <summary>A mask that is the same for every head and query, as fp32 <c>[batch, keys]</c>.</summary>
    public static void Rows(KernelContext c, int input, AttentionShape a, float* rows)
    {
        TensorType mask = c.Signature.Input(input);
        long batch = mask.Rank == 4 ? mask.Shape[0] : 1, keys = mask.Rank == 0 ? 1 : mask.Shape[-1];
        byte* data = c.In<byte>(input);
        int size = mask.Element.Size();
        for (long b = 0; b < a.Batch; b++)
            for (long k = 0; k < a.Keys; k++)
            {
                long at = (batch == 1 ? 0 : b) * keys + (keys == 1 ? 0 : k);
                double value = Numbers.Read(mask.Element, new ReadOnlySpan<byte>(data + at * size, size));
                rows[b * a.Keys + k] = mask.Element != ElementType.Bool ? (float)value : value != 0 ? 0 : float.NegativeInfinity;
            }
    }

    private static ElementType Additive(Signature s)
    {
        for (int i = 0; i < s.InputCount; i++) if (s.Has(i) && s.Input(i).Element == ElementType.Float64) return ElementType.Float64;
        return ElementType.Float32;
    }
}
