using Headroom.Graph;
using Headroom.Graph.Operators;

namespace Headroom.Runtime.Kernels.Normalization;

internal sealed unsafe class MeanVarianceNormalizationKernel : Kernel<MeanVarianceNormalization>
{
    public const double Epsilon = 1e-9;

    protected override void Run(MeanVarianceNormalization op, KernelContext c)
    {
        TensorType x = c.Signature.Input(0);
        AxesNorm.Forward(new AxesNorm.Work { X = c.In<byte>(0), Y = c.Out<byte>(0), Epsilon = Epsilon, Outside = true }, Sets(x, op.Axes), x.Element);
    }

    public static AxesNorm.Sets Sets(TensorType x, long[] axes)
    {
        var reduced = new bool[x.Rank];
        foreach (long axis in axes) reduced[x.Shape.Axis(axis)] = true;
        return new AxesNorm.Sets(x.Shape, reduced);
    }
}

internal sealed unsafe class MeanVarianceNormalizationGradientKernel : Kernel<MeanVarianceNormalizationGradient>
{
    protected override void Run(MeanVarianceNormalizationGradient op, KernelContext c)
    {
        TensorType x = c.Signature.Input(1);
        var work = new AxesNorm.Work { Dy = c.In<byte>(0), X = c.In<byte>(1), Dx = c.Out<byte>(0), Epsilon = MeanVarianceNormalizationKernel.Epsilon, Outside = true };
        AxesNorm.Backward(work, MeanVarianceNormalizationKernel.Sets(x, op.Axes), x.Element);
    }
}
