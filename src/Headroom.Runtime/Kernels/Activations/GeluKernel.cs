using Headroom.Graph.Operators;
using Headroom.Runtime.LibTorch;

namespace Headroom.Runtime.Kernels.Activations;

internal sealed class GeluKernel : Kernel<Gelu>
{
    private static readonly AtenOperator Out = new("aten::gelu", "out");

    // gelu.out(Tensor self, *, str approximate='none', Tensor(a!) out)
    protected override void Run(Gelu op, KernelContext c)
        => c.Call(Out).Tensor(c.Input(0)).String(op.Form == GeluForm.Tanh ? "tanh" : "none").Tensor(c.Output(0)).InvokeInPlace();
}

internal sealed class GeluGradientKernel : Kernel<GeluGradient>
{
    private static readonly AtenOperator Out = new("aten::gelu_backward", "grad_input");

    // gelu_backward.grad_input(Tensor grad_output, Tensor self, *, str approximate='none', Tensor(a!) grad_input)
    protected override void Run(GeluGradient op, KernelContext c)
        => c.Call(Out).Tensor(c.Input(0)).Tensor(c.Input(1)).String(op.Form == GeluForm.Tanh ? "tanh" : "none").Tensor(c.Output(0)).InvokeInPlace();
}
