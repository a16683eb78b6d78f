using Headroom.Runtime.LibTorch;

namespace Headroom.Runtime.Kernels.Linear;

/// <summary>Products of matrices: ours where they are faster, libtorch's elsewhere.</summary>
internal static unsafe class FloatProducts
{
    /// <summary><c>into = left · right + addend</c>; the addend may be a bias <c>[n]</c>, or absent.</summary>
    /// <param name="into">Row by row, <c>[m, n]</c>.</param>
    /// <param name="left"><c>[m, k]</c>, of any strides.</param>
    /// <param name="right"><c>[k, n]</c>, of any strides.</param>
    /// <param name="addend"><c>[m, n]</c>, <c>[n]</c> or null.</param>
    /// <param name="c">Its device's products; faults name its node.</param>
    public static void Run(Tensor into, Tensor left, Tensor right, Tensor? addend, KernelContext c)
    {
        if (c.Device == Device.Cpu && into.ScalarType == ScalarType.Float32 && BlockedProduct.Worth(into.Sizes[0], into.Sizes[1], left.Sizes[1])
            && Of(left) is Matrix a && Of(right) is Matrix b && Of(into) is { ColumnStride: 1 } y && (addend is null || Row(addend, into) >= 0))
            BlockedProduct.Run(a, b, addend is null ? null : (float*)addend.Data, addend is null ? 0 : Row(addend, into), y.Data, y.RowStride, into.Sizes[0], into.Sizes[1], left.Sizes[1]);
        else if (addend is null) c.Shims.MmOut(into, left, right, c.Node.Name);
        else c.Shims.AddmmOut(into, addend, left, right, node: c.Node.Name);
    }

    /// <summary>The matrix that a tensor is, or null where neither of its axes is dense.</summary>
    private static Matrix? Of(Tensor tensor) => tensor.ScalarType == ScalarType.Float32 && (tensor.Strides[0] == 1 || tensor.Strides[1] == 1) ? new Matrix((nint)tensor.Data, tensor.Strides[0], tensor.Strides[1]) : null;

    /// <summary>Floats between an addend's rows, 0 for one row of all; -1 where it is something else.</summary>
    private static long Row(Tensor addend, Tensor into)
    {
        if (addend.ScalarType != ScalarType.Float32 || addend.Strides[^1] != 1 || addend.Sizes[^1] != into.Sizes[1]) return -1;
        if (addend.Rank == 1 || addend.Sizes[0] == 1) return 0;
        return addend.Sizes[0] == into.Sizes[0] ? addend.Strides[0] : -1;
    }
}
