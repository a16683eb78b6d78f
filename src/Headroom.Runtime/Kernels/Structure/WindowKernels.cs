using Headroom.Graph;
using Headroom.Graph.Operators;
using Headroom.Runtime.LibTorch;

namespace Headroom.Runtime.Kernels.Structure;

/// <summary>What runs where a window won't do: a reader takes no strides, or the result outlives the step. Copies the window into the output.</summary>
internal abstract class WindowKernel<TOperator> : Kernel<TOperator> where TOperator : Operator
{
    protected sealed override void Run(TOperator op, KernelContext c)
    {
        Tensor x = c.Input(op.ViewInput);
        for (int o = 0; o < c.Node.Outputs.Length; o++)
        {
            if (!c.Wants(o) || c.Signature.Output(o).Elements == 0) continue;
            if (op.View(c.Signature, o, x.Strides) is View view)
            {
                using Tensor window = x.View(c.Signature.Output(o).Shape.Dims, view.Strides, x.StorageOffset + view.Offset);
                c.Output(o).CopyFrom(window, node: c.Node.Name);
            }
            else
            {
                // A reshape of what has gaps: the same order of elements, so the output is filled in the input's shape.
                using Tensor target = c.Output(o).View(x.Sizes);
                target.CopyFrom(x, node: c.Node.Name);
            }
        }
    }
}

internal sealed class ReshapeKernel : WindowKernel<Reshape>;

internal sealed class FlattenKernel : WindowKernel<Flatten>;

internal sealed class SqueezeKernel : WindowKernel<Squeeze>;

internal sealed class UnsqueezeKernel : WindowKernel<Unsqueeze>;

internal sealed class IdentityKernel : WindowKernel<Identity>;

internal sealed class TransposeKernel : WindowKernel<Transpose>;

internal sealed class ExpandKernel : WindowKernel<Expand>;

internal sealed class SplitKernel : WindowKernel<Split>;
