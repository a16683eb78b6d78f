using Headroom.Graph.Operators;
using Headroom.Runtime.LibTorch;

namespace Headroom.Runtime.Kernels.Linear;

/// <summary>Products with transposes as strided views: nothing is moved.</summary>
internal sealed class GemmKernel : Kernel<Gemm>
{
    protected override void Run(Gemm op, KernelContext c)
    {
        Tensor output = c.Output(0);
        if (c.Signature.Output(0).Elements == 0) return;
        using Tensor left = op.TransposeA ? c.Input(0).Transposed() : c.Input(0).Share(), right = op.TransposeB ? c.Input(1).Transposed() : c.Input(1).Share();
        if (c.Has(2)) c.Shims.AddmmOut(output, c.Input(2), left, right, op.Beta, op.Alpha, c.Node.Name);
        else if (op.Alpha == 1) c.Shims.MmOut(output, left, right, c.Node.Name);
        else c.Shims.AddmmOut(output, output, left, right, 0, op.Alpha, c.Node.Name);
    }
}
