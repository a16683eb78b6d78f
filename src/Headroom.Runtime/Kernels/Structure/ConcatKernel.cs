using Headroom.Graph.Operators;
using Headroom.Runtime.LibTorch;

namespace Headroom.Runtime.Kernels.Structure;

internal sealed class ConcatKernel : Kernel<Concat>
{
    private static readonly AtenOperator Out = new("aten::cat", "out");

    // cat.out(Tensor[] tensors, int dim=0, *, Tensor(a!) out)
    protected override void Run(Concat op, KernelContext c)
    {
        if (c.Signature.Output(0).Elements == 0) return;
        var parts = new Tensor[c.Signature.InputCount];
        for (int i = 0; i < parts.Length; i++) parts[i] = c.Input(i);
        c.Call(Out).ListTensor(parts).Int(op.Axis).Tensor(c.Output(0)).InvokeInPlace();
    }
}
