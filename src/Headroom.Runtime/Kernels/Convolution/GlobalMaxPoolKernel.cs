using Headroom.Graph.Operators;
using Headroom.Runtime.LibTorch;

namespace Headroom.Runtime.Kernels.Convolution;

internal sealed class GlobalMaxPoolKernel : Kernel<GlobalMaxPool>
{
    private static readonly AtenOperator Out = new("aten::amax", "out");

    // amax.out(Tensor self, int[1] dim=[], bool keepdim=False, *, Tensor(a!) out)
    protected override void Run(GlobalMaxPool op, KernelContext c)
    {
        if (c.Signature.Output(0).Elements == 0) return;
        long[] axes = [.. Enumerable.Range(2, c.Signature.Input(0).Rank - 2).Select(i => (long)i)];
        c.Call(Out).Tensor(c.Input(0)).ListInt(axes).Bool(true).Tensor(c.Output(0)).InvokeInPlace();
    }
}
