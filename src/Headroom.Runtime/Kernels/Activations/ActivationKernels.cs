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

// From here on libtorch's forms take Scalars, or have fixed parameters that ONNX lets vary.
internal sealed class LeakyReluKernel : MapKernel<LeakyRelu, LeakyReluFunction>
{
    protected override LeakyReluFunction Function(LeakyRelu op, KernelContext c) => new(op.Alpha);
}

internal sealed class LeakyReluGradientKernel : LaneKernel<LeakyReluGradient, LeakyReluGradientFunction>
{
    protected override LeakyReluGradientFunction Function(LeakyReluGradient op, KernelContext c) => new(op.Alpha);
}

internal sealed class ThresholdedReluKernel : MapKernel<ThresholdedRelu, ThresholdedReluFunction>
{
    protected override ThresholdedReluFunction Function(ThresholdedRelu op, KernelContext c) => new(op.Alpha);
}

internal sealed class ThresholdedReluGradientKernel : LaneKernel<ThresholdedReluGradient, ThresholdedReluGradientFunction>
{
    protected override ThresholdedReluGradientFunction Function(ThresholdedReluGradient op, KernelContext c) => new(op.Alpha);
}

internal sealed class HardSigmoidKernel : MapKernel<HardSigmoid, HardSigmoidFunction>
{
    protected override HardSigmoidFunction Function(HardSigmoid op, KernelContext c) => new(op.Alpha, op.Beta);
}

internal sealed class HardSigmoidGradientKernel : LaneKernel<HardSigmoidGradient, HardSigmoidGradientFunction>
{
    protected override HardSigmoidGradientFunction Function(HardSigmoidGradient op, KernelContext c) => new(op.Alpha);
}

internal sealed class HardSwishKernel : MapKernel<HardSwish, HardSwishFunction>;

internal sealed class HardSwishGradientKernel : LaneKernel<HardSwishGradient, HardSwishGradientFunction>;

internal sealed class SwishKernel : MapKernel<Swish, SwishFunction>
{
    protected override SwishFunction Function(Swish op, KernelContext c) => new(op.Alpha);
}

internal sealed class SwishGradientKernel : LaneKernel<SwishGradient, SwishGradientFunction>
{
    protected override SwishGradientFunction Function(SwishGradient op, KernelContext c) => new(op.Alpha);
}

internal sealed class SoftplusKernel : MapKernel<Softplus, SoftplusFunction>;

internal sealed class SoftplusGradientKernel : LaneKernel<SoftplusGradient, SoftplusGradientFunction>;

internal sealed class SoftsignKernel : MapKernel<Softsign, SoftsignFunction>;

internal sealed class SoftsignGradientKernel : LaneKernel<SoftsignGradient, SoftsignGradientFunction>;

internal sealed class MishKernel : MapKernel<Mish, MishFunction>;

internal sealed class MishGradientKernel : LaneKernel<MishGradient, MishGradientFunction>;
