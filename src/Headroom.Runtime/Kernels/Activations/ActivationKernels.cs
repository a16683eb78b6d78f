using Headroom.Graph.Operators;
using Headroom.Runtime.Kernels.Elementwise;
using Headroom.Runtime.LibTorch;

namespace Headroom.Runtime.Kernels.Activations;

// libtorch's relu.out allocates and copies, and threshold_backward takes a Scalar.
internal sealed class ReluKernel : BinaryKernel<Relu, ReluFunction>
{
    protected override int Second => 0;
}

internal sealed class ReluGradientKernel : BinaryKernel<ReluGradient, ReluGradientFunction>;

internal sealed class SigmoidKernel() : UnaryKernel<Sigmoid>(new AtenOperator("aten::sigmoid", "out"));

internal sealed class SigmoidGradientKernel() : PairKernel<SigmoidGradient>(new AtenOperator("aten::sigmoid_backward", "grad_input"));

internal sealed class TanhKernel() : UnaryKernel<Tanh>(new AtenOperator("aten::tanh", "out"));

internal sealed class TanhGradientKernel() : PairKernel<TanhGradient>(new AtenOperator("aten::tanh_backward", "grad_input"));
