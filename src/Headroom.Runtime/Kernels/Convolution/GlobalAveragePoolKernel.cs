using Headroom.Graph.Operators;
using Headroom.Runtime.LibTorch;

namespace Headroom.Runtime.Kernels.Convolution;

internal sealed class GlobalAveragePoolKernel : Kernel<GlobalAveragePool>
{
    private static readonly AtenOperator Out = new("aten::mean", "out");

    // mean.out(Tensor self, int[1]? dim, bool keepdim=False, *, ScalarType? dtype=None, Tensor(a!) out)
    protected override void Run(GlobalAveragePool op, KernelContext c)
    {
        long[] axes = [.. Enumerable.Range(2, c.Signature.Input(0).Rank - 2).Select(i => (long)i)];
        c.Call(Out).Tensor(c.Input(0)).OptionalListInt(axes).Bool(true).None().Tensor(c.Output(0)).InvokeInPlace();
    }
}
