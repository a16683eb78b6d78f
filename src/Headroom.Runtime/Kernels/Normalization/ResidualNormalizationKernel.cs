using Headroom.Graph;
using Headroom.Graph.Operators;
using Headroom.Runtime.Execution;
using Headroom.Runtime.Kernels.Fused;

namespace Headroom.Runtime.Kernels.Normalization;

internal sealed unsafe class ResidualNormalizationKernel : Kernel<ResidualNormalization>
{
    // A sum that nobody reads but the norm is written here.
    protected override long Workspace(ResidualNormalization op, Signature s) => s.Has(1) && !s.Wants(3) ? s.Input(0).Bytes : 0;

    protected override void Run(ResidualNormalization op, KernelContext c)
    {
        if (c.Signature.Input(0).Elements == 0) return;
        (long rows, long columns) = Norms.Matrix(c.Signature.Input(0).Shape, -1);
        void* y = c.Wants(0) ? c.Out<byte>(0) : null, branch = c.Has(1) ? c.In<byte>(1) : null;
        void* sum = branch == null ? null : c.Wants(3) ? c.Out<byte>(3) : c.Workspace;
        LayerNorm.Forward(c.In<byte>(0), c.Input(0).ScalarType, branch, Optional(c, 2), y, op.To.ToScalarType(), c.In<float>(3), Optional(c, 4),
            c.Wants(1) ? c.Out<float>(1) : null, c.Wants(2) ? c.Out<float>(2) : null, rows, columns, op.Epsilon, sum);
    }

    private static float* Optional(KernelContext c, int input) => c.Has(input) ? c.In<float>(input) : null;
}

internal sealed unsafe class ResidualNormalizationGradientKernel : Kernel<ResidualNormalizationGradient>
{
    // The kernel writes the stream's gradient, scale's and shift's whether they are wanted or not.
    protected override long Workspace(ResidualNormalizationGradient op, Signature s) => 2 * Norms.Room(s.Input(4).Elements) + (s.Wants(0) ? 0 : s.Input(1).Bytes);

    protected override void Run(ResidualNormalizationGradient op, KernelContext c)
    {
        (long rows, long columns) = Norms.Matrix(c.Signature.Input(1).Shape, -1);
        long room = Norms.Room(columns);
        void* stream = c.Wants(0) ? c.Out<byte>(0) : c.Workspace + 2 * room, before = c.Has(5) ? c.In<byte>(5) : null;
        float* dscale = c.Wants(3) ? c.Out<float>(3) : (float*)c.Workspace, dshift = c.Wants(4) ? c.Out<float>(4) : (float*)(c.Workspace + room);
        LayerNormGradient.Run(c.In<byte>(0), c.Input(0).ScalarType, c.In<byte>(1), stream, c.Input(1).ScalarType, c.Wants(1) ? c.Out<byte>(1) : null, c.In<float>(4), c.In<float>(2), c.In<float>(3),
            dscale, dshift, c.Wants(2) ? c.Out<float>(2) : null, rows, columns, before);
    }
}
