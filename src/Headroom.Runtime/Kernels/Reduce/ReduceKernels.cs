using Headroom.Graph;
using Headroom.Graph.Operators;
using Headroom.Runtime.Execution;
using Headroom.Runtime.LibTorch;

namespace Headroom.Runtime.Kernels.Reduce;

/// <summary>Reductions by libtorch's <c>.out</c> forms, which sum bf16 and fp16 in fp32. Without axes the operator is a window, so an empty list (libtorch's "all axes") comes here only with nothing to reduce.</summary>
internal abstract class ReduceKernel<TOperator>(AtenOperator target) : Kernel<TOperator> where TOperator : ReduceOperator
{
    protected sealed override void Run(TOperator op, KernelContext c)
    {
        if (c.Signature.Output(0).Elements == 0) return;
        int[] axes = op.Axes(c.Signature);
        if (axes.Length == 0)
        {
            c.Output(0).CopyFrom(c.Input(0), node: c.Node.Name);
            return;
        }
        Span<long> list = stackalloc long[axes.Length];
        for (int i = 0; i < list.Length; i++) list[i] = axes[i];
        Call(op, c, target, list);
    }

    // (Tensor self, int[1]? dim, bool keepdim=False, *, ScalarType? dtype=None, Tensor(a!) out)
    protected virtual void Call(TOperator op, KernelContext c, AtenOperator target, ReadOnlySpan<long> axes)
        => c.Call(target).Tensor(c.Input(0)).OptionalListInt(axes).Bool(op.KeepDims).OptionalScalarType(c.Signature.Output(0).Element.ToScalarType()).Tensor(c.Output(0)).InvokeInPlace();
}

internal sealed class ReduceMeanKernel() : ReduceKernel<ReduceMean>(new AtenOperator("aten::mean", "out"))
{
    protected override long Workspace(ReduceMean op, Signature s) => s.Input(0).Element.IsFloat() ? 0 : OwnReduceKernel.Workspace(s);

    // libtorch has no mean of integers.
    protected override void Call(ReduceMean op, KernelContext c, AtenOperator target, ReadOnlySpan<long> axes)
    {
        if (c.Signature.Input(0).Element.IsFloat()) base.Call(op, c, target, axes);
        else OwnReduceKernel.Run<MeanReduction>(op, c);
    }
}

/// <summary>libtorch's <c>amax</c> and <c>amin</c>; of no element they have nothing.</summary>
internal abstract class ExtremeKernel<TOperator>(AtenOperator target) : ReduceKernel<TOperator>(target) where TOperator : ExtremeReduceOperator
{
    // amax.out(Tensor self, int[1] dim=[], bool keepdim=False, *, Tensor(a!) out)
    protected override unsafe void Call(TOperator op, KernelContext c, AtenOperator target, ReadOnlySpan<long> axes)
    {
        if (c.Signature.Input(0).Elements > 0)
        {
            c.Call(target).Tensor(c.Input(0)).ListInt(axes).Bool(op.KeepDims).Tensor(c.Output(0)).InvokeInPlace();
            return;
        }
        ReadOnlySpan<byte> none = op.OfNothing(c.Signature.Output(0).Element).Bytes;
        byte* y = c.Out<byte>(0);
        for (long i = 0; i < c.Signature.Output(0).Elements; i++) none.CopyTo(new Span<byte>(y + i * none.Length, none.Length));
    }
}

internal sealed class ReduceMaxKernel() : ExtremeKernel<ReduceMax>(new AtenOperator("aten::amax", "out"));

internal sealed class ReduceMinKernel() : ExtremeKernel<ReduceMin>(new AtenOperator("aten::amin", "out"));
