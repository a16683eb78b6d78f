using Headroom.Graph.Operators;

namespace Headroom.Runtime.Kernels.Elementwise;

internal sealed class AbsGradientKernel : LaneKernel<AbsGradient, AbsGradientFunction>;

internal sealed class ReciprocalGradientKernel : LaneKernel<ReciprocalGradient, ReciprocalGradientFunction>;

internal sealed class SqrtGradientKernel : LaneKernel<SqrtGradient, SqrtGradientFunction>;

internal sealed class ErfGradientKernel : LaneKernel<ErfGradient, ErfGradientFunction>;

internal sealed class SinGradientKernel : LaneKernel<SinGradient, SinGradientFunction>;

internal sealed class CosGradientKernel : LaneKernel<CosGradient, CosGradientFunction>;
