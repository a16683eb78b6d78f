using Headroom.Graph;
using Headroom.Graph.Operators;
using Headroom.Runtime.Kernels.Elementwise;

namespace Headroom.Runtime.Kernels.Activations;

internal sealed class EluKernel : MapKernel<Elu, EluFunction>
{
    protected override EluFunction Function(Elu op, KernelContext c) => new(op.Alpha, gamma: 1, scale: 1);
}

internal sealed class SeluKernel : MapKernel<Selu, EluFunction>
{
    protected override EluFunction Function(Selu op, KernelContext c) => new(op.Alpha, op.Gamma, scale: 1);
}

internal sealed class CeluKernel : MapKernel<Celu, EluFunction>
{
    protected override EluFunction Function(Celu op, KernelContext c) => new(op.Alpha, gamma: 1, op.Alpha);
}

internal sealed class CeluGradientKernel : LaneKernel<CeluGradient, EluOutputGradientFunction>
{
    protected override EluOutputGradientFunction Function(CeluGradient op, KernelContext c) => new(op.Alpha, gamma: 1, op.Alpha);
}

internal sealed class EluGradientKernel : EitherEluGradientKernel<EluGradient>
{
    protected override (double Alpha, double Gamma, bool FromOutput) Form(EluGradient op) => (op.Alpha, 1, op.Alpha >= 0);
}

internal sealed class SeluGradientKernel : EitherEluGradientKernel<SeluGradient>
{
    protected override (double Alpha, double Gamma, bool FromOutput) Form(SeluGradient op) => (op.Alpha, op.Gamma, op.ReadsOutput);
}

/// <summary>From y where it tells enough, else from x.</summary>
internal abstract class EitherEluGradientKernel<TOperator> : Kernel<TOperator> where TOperator : Operator
{
    protected abstract (double Alpha, double Gamma, bool FromOutput) Form(TOperator op);

    protected sealed override void Run(TOperator op, KernelContext c)
    {
        (double alpha, double gamma, bool fromOutput) = Form(op);
        if (fromOutput) LaneLoops.Run(c, c.Input(0), c.Input(1), new EluOutputGradientFunction(alpha, gamma, 1));
        else LaneLoops.Run(c, c.Input(0), c.Input(1), new EluInputGradientFunction(alpha, gamma));
    }
}
