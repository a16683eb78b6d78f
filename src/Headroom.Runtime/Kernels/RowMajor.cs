using Headroom.Graph;
using Headroom.Runtime.LibTorch;

namespace Headroom.Runtime.Kernels;

/// <summary>Makes sure that what libtorch returned lies row by row, as the plan has it.</summary>
internal static class RowMajor
{
    /// <summary>The tensor itself where it is contiguous (extents of 1 may have any stride), else a contiguous copy; the given handle is disposed if another is returned.</summary>
    public static Tensor Of(Tensor tensor, Shape shape)
    {
        ReadOnlySpan<long> sizes = tensor.Sizes, strides = tensor.Strides;
        bool same = sizes.SequenceEqual(shape.Dims);
        long step = 1;
        bool contiguous = true, exact = same;
        for (int i = sizes.Length - 1; i >= 0; i--)
        {
            if (strides[i] != step) exact = false;
            if (sizes[i] != 1 && strides[i] != step) contiguous = false;
            step *= Math.Max(sizes[i], 1);
        }
        if (exact) return tensor;
        using (tensor)
        {
            if (contiguous) return tensor.View(shape.Dims);
            using Tensor copy = Tensor.Empty(sizes, tensor.ScalarType, tensor.Device);
            copy.CopyFrom(tensor);
            return copy.View(shape.Dims);
        }
    }

    /// <summary>A contiguous copy, or a second handle of the tensor where it is contiguous already.</summary>
    public static Tensor Copy(Tensor tensor)
    {
        Tensor copy = Tensor.Empty(tensor.Sizes, tensor.ScalarType, tensor.Device);
        copy.CopyFrom(tensor);
        return copy;
    }
}
