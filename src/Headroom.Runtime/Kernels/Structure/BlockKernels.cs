using Headroom.Graph;
using Headroom.Graph.Operators;

namespace Headroom.Runtime.Kernels.Structure;

/// <summary>One pass over the output; where its elements come from is a matter of strides.</summary>
internal abstract class BlockKernel<TOperator> : Kernel<TOperator> where TOperator : BlockOperator
{
    protected sealed override unsafe void Run(TOperator op, KernelContext c)
    {
        TensorType type = c.Signature.Input(0);
        if (type.Elements == 0) return;
        (Shape apart, int[] order) = op.Moves(type.Shape);
        long[] strides = apart.Strides();
        var extents = new Shape([.. order.Select(i => apart[i])]);
        StridedCopy.Run(c.In<byte>(0), [.. order.Select(i => strides[i])], c.Out<byte>(0), extents.Strides(), extents.Dims, type.Element.Size());
    }
}

internal sealed class DepthToSpaceKernel : BlockKernel<DepthToSpace>;

internal sealed class SpaceToDepthKernel : BlockKernel<SpaceToDepth>;
