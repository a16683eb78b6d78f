using Headroom.Graph.Operators;
using Headroom.Runtime.Execution;
using Headroom.Runtime.LibTorch;

namespace Headroom.Runtime.Kernels.Activations;

// _softmax.out(Tensor self, int dim, bool half_to_float, *, Tensor(a!) out)
internal abstract class SoftmaxKernelOf<TOperator>(AtenOperator target) : Kernel<TOperator> where TOperator : SoftmaxOperator
{
    protected sealed override void Run(TOperator op, KernelContext c)
    {
        if (c.Signature.Output(0).Elements > 0) c.Call(target).Tensor(c.Input(0)).Int(op.Axis).Bool(false).Tensor(c.Output(0)).InvokeInPlace();
    }
}

// _softmax_backward_data.out(Tensor grad_output, Tensor output, int dim, ScalarType input_dtype, *, Tensor(a!) grad_input)
internal abstract class SoftmaxGradientKernelOf<TOperator>(AtenOperator target) : Kernel<TOperator> where TOperator : SoftmaxGradientOperator
{
    protected sealed override void Run(TOperator op, KernelContext c)
    {
        if (c.Signature.Output(0).Elements == 0) return;
        c.Call(target).Tensor(c.Input(0)).Tensor(c.Input(1)).Int(op.Axis).ScalarType(c.Signature.Output(0).Element.ToScalarType()).Tensor(c.Output(0)).InvokeInPlace();
    }
}

internal sealed class SoftmaxKernel() : SoftmaxKernelOf<Softmax>(new AtenOperator("aten::_softmax", "out"));

internal sealed class LogSoftmaxKernel() : SoftmaxKernelOf<LogSoftmax>(new AtenOperator("aten::_log_softmax", "out"));

internal sealed class SoftmaxGradientKernel() : SoftmaxGradientKernelOf<SoftmaxGradient>(new AtenOperator("aten::_softmax_backward_data", "out"));

internal sealed class LogSoftmaxGradientKernel() : SoftmaxGradientKernelOf<LogSoftmaxGradient>(new AtenOperator("aten::_log_softmax_backward_data", "out"));
