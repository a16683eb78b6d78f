using Headroom.Graph;
using Headroom.Graph.Operators;
using Headroom.Runtime.Kernels.Fused;
using Headroom.Runtime.LibTorch;

namespace Headroom.Runtime.Kernels.Reduce;

/// <summary>Sums by libtorch; those down the columns of a tall matrix, which a bias's gradient is, by our own kernel: one visit in the order of memory, whatever the storage summed in fp32.</summary>
internal sealed unsafe class ReduceSumKernel() : ReduceKernel<ReduceSum>(new AtenOperator("aten::sum", "IntList_out"))
{
    // Sums of a bf16 matrix are made in fp32, then rounded.
    protected override long Workspace(ReduceSum op, Signature s) => IsColumns(op, s) && s.Input(0).Element == ElementType.BFloat16 ? s.Output(0).Elements * sizeof(float) : 0;

    protected override void Call(ReduceSum op, KernelContext c, AtenOperator target, ReadOnlySpan<long> axes)
    {
        Tensor x = c.Input(0);
        if (!IsColumns(op, c.Signature) || !x.Strides.SequenceEqual(c.Signature.Input(0).Shape.Strides()))
        {
            base.Call(op, c, target, axes);
            return;
        }
        long columns = c.Signature.Output(0).Elements, rows = x.Elements / columns;
        bool half = x.ScalarType == ScalarType.BFloat16;
        float* sums = half ? (float*)c.Workspace : c.Out<float>(0);
        ColumnSums.Run(x.Data, x.ScalarType, sums, rows, columns);
        if (half) Casts.Run(sums, ScalarType.Float32, c.Out<byte>(0), ScalarType.BFloat16, columns);
    }

    /// <summary>Whether the leading axes are summed over and a row is short enough that a thread's running sums stay in its cache.</summary>
    private static bool IsColumns(ReduceSum op, Signature s)
    {
        TensorType x = s.Input(0);
        if (x.Element is not (ElementType.Float32 or ElementType.BFloat16) || x.Elements == 0) return false;
        int[] axes = op.Axes(s);
        if (axes.Length == 0 || axes.Length == x.Rank || axes[^1] != axes.Length - 1) return false;
        long columns = s.Output(0).Elements;
        return columns is >= 16 and <= MostColumns && x.Elements / columns >= FewestRows;
    }

    private const long MostColumns = 1 << 14, FewestRows = 64;
}
