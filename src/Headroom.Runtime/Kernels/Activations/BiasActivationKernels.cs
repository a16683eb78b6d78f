using Headroom.Graph;
using Headroom.Graph.Operators;

namespace Headroom.Runtime.Kernels.Activations;

internal sealed unsafe class BiasActivationKernel : Kernel<BiasActivation>
{
    protected override void Run(BiasActivation op, KernelContext c)
    {
        if (c.Signature.Input(0).Elements == 0) return;
        (long rows, long columns) = Rows.Of(c.Signature.Input(0));
        Fused.BiasActivation.Forward(op.Form, c.In<byte>(0), c.In<float>(1), c.Wants(1) ? c.Out<byte>(1) : null, c.Wants(0) ? c.Out<byte>(0) : null, c.Input(0).ScalarType, rows, columns);
    }
}

internal sealed unsafe class BiasActivationGradientKernel : Kernel<BiasActivationGradient>
{
    protected override void Run(BiasActivationGradient op, KernelContext c)
    {
        (long rows, long columns) = Rows.Of(c.Signature.Input(0));
        Fused.BiasActivation.Backward(op.Form, c.In<byte>(1), c.In<byte>(0), c.Wants(0) ? c.Out<byte>(0) : null, c.Input(0).ScalarType, c.Wants(1) ? c.Out<float>(1) : null, rows, columns);
    }
}

/// <summary>A tensor as a matrix of its last axis.</summary>
file static class Rows
{
    public static (long Rows, long Columns) Of(TensorType x) => (x.Shape[-1] == 0 ? 0 : x.Elements / x.Shape[-1], x.Shape[-1]);
}
