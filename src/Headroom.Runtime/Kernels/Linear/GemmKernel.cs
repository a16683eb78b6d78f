using System.Numerics;
using Headroom.Graph;
using Headroom.Graph.Operators;
using Headroom.Runtime.LibTorch;

namespace Headroom.Runtime.Kernels.Linear;

/// <summary>Products with transposes as strided views: nothing is moved. Of integers libtorch makes the product alone; the rest is a loop.</summary>
internal sealed class GemmKernel : Kernel<Gemm>
{
    protected override void Run(Gemm op, KernelContext c)
    {
        Tensor output = c.Output(0);
        if (c.Signature.Output(0).Elements == 0) return;
        using Tensor left = op.TransposeA ? c.Input(0).Transposed() : c.Input(0).Share(), right = op.TransposeB ? c.Input(1).Transposed() : c.Input(1).Share();
        if (!c.Signature.Output(0).Element.IsFloat())
        {
            c.Shims.MmOut(output, left, right, c.Node.Name);
            if (output.ScalarType == ScalarType.Int64) Combine<long>(op, c);
            else Combine<int>(op, c);
        }
        else if (op.Alpha == 1 && (!c.Has(2) || op.Beta == 1)) FloatProducts.Run(output, left, right, c.Optional(2), c);
        else if (c.Has(2)) c.Shims.AddmmOut(output, c.Input(2), left, right, op.Beta, op.Alpha, c.Node.Name);
        else c.Shims.AddmmOut(output, output, left, right, 0, op.Alpha, c.Node.Name);
    }

    private static unsafe void Combine<T>(Gemm op, KernelContext c) where T : unmanaged, IBinaryInteger<T>
    {
        if (op.Alpha == 1 && !c.Has(2)) return;
        Shape shape = c.Signature.Output(0).Shape;
        T* y = c.Out<T>(0), addend = c.Has(2) ? c.In<T>(2) : null;
        long rowStep = c.Has(2) ? Stride(c.Input(2), 2) : 0, columnStep = c.Has(2) ? Stride(c.Input(2), 1) : 0;
        bool whole = float.IsInteger(op.Alpha) && float.IsInteger(op.Beta);
        T alpha = T.CreateTruncating(op.Alpha), beta = T.CreateTruncating(op.Beta);
        for (long i = 0; i < shape[0]; i++)
            for (long j = 0; j < shape[1]; j++, y++)
            {
                T added = addend == null ? T.Zero : addend[i * rowStep + j * columnStep];
                *y = whole ? unchecked(alpha * *y + beta * added) : T.CreateTruncating(op.Alpha * double.CreateTruncating(*y) + op.Beta * double.CreateTruncating(added));
            }
    }

    /// <summary>Elements between neighbours of an axis, counted from the last; 0 where the tensor is broadcast.</summary>
    private static long Stride(Tensor tensor, int axis) => axis > tensor.Rank || tensor.Sizes[^axis] == 1 ? 0 : tensor.Strides[^axis];
}
