using Headroom.Graph.Operators;
using Headroom.Runtime.Execution;
using Headroom.Runtime.Kernels.Fused;

namespace Headroom.Runtime.Kernels.Quantization;

internal sealed unsafe class UnpackBlocksKernel : Kernel<UnpackBlocks>
{
    protected override void Run(UnpackBlocks op, KernelContext c)
        => Unpacking.Run(op.Code, c.In<byte>(0), c.In<float>(1), c.Out<byte>(0), op.To.ToScalarType(), op.Dims.Elements);
}
