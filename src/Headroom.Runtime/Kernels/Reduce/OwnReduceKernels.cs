using Headroom.Graph;
using Headroom.Graph.Operators;
using Headroom.Runtime.LibTorch;

namespace Headroom.Runtime.Kernels.Reduce;

/// <summary>Reductions that libtorch has for one axis only, or with a <c>Scalar</c> that its interface can't carry.</summary>
internal abstract class OwnReduceKernel<TOperator, TReduction> : Kernel<TOperator> where TOperator : ReduceOperator where TReduction : struct, IReduction
{
    protected sealed override long Workspace(TOperator op, Signature s) => OwnReduceKernel.Workspace(s);

    protected sealed override void Run(TOperator op, KernelContext c) => OwnReduceKernel.Run<TReduction>(op, c);
}

internal static unsafe class OwnReduceKernel
{
    public static long Workspace(Signature s)
    {
        long results = s.Output(0).Elements;
        return results == 0 ? 0 : ReduceWalk.Workspace(s.Input(0).Elements / results, results);
    }

    public static void Run<TReduction>(ReduceOperator op, KernelContext c) where TReduction : struct, IReduction
    {
        if (c.Signature.Output(0).Elements == 0) return;
        Tensor x = c.Input(0);
        Span<bool> reduced = stackalloc bool[x.Rank];
        reduced.Clear();
        foreach (int axis in op.Axes(c.Signature)) reduced[axis] = true;
        ReduceWalk walk = ReduceWalk.Create(x.Sizes, x.Strides, reduced, c.Node.Name);
        Reducer.Run<TReduction>(walk, (byte*)x.Data, c.Out<byte>(0), c.Workspace, c.Signature.Input(0).Element);
    }
}

internal sealed class ReduceProdKernel : OwnReduceKernel<ReduceProd, ProductReduction>;

internal sealed class ReduceL1Kernel : OwnReduceKernel<ReduceL1, AbsoluteSumReduction>;

internal sealed class ReduceL2Kernel : OwnReduceKernel<ReduceL2, NormReduction>;

internal sealed class ReduceSumSquareKernel : OwnReduceKernel<ReduceSumSquare, SquareSumReduction>;

internal sealed class ReduceLogSumKernel : OwnReduceKernel<ReduceLogSum, LogSumReduction>;

internal sealed class ReduceLogSumExpKernel : OwnReduceKernel<ReduceLogSumExp, LogSumExpReduction>;
