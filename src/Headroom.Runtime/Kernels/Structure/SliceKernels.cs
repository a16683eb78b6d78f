using Headroom.Graph;
using Headroom.Graph.Operators;
using Headroom.Runtime.LibTorch;

namespace Headroom.Runtime.Kernels.Structure;

internal sealed class SliceKernel : Kernel<Slice>
{
    protected override unsafe void Run(Slice op, KernelContext c)
    {
        (long Start, long Step, long Count)[] window = Slice.Window(c.Signature);
        TensorType type = c.Signature.Output(0);
        if (type.Elements == 0) return;
        ReadOnlySpan<long> strides = c.Input(0).Strides;
        var steps = new long[window.Length];
        long offset = 0;
        for (int i = 0; i < steps.Length; i++)
        {
            steps[i] = window[i].Step * strides[i];
            offset += window[i].Start * strides[i];
        }
        int size = type.Element.Size();
        StridedCopy.Run(c.In<byte>(0) + offset * size, steps, c.Out<byte>(0), type.Shape.Strides(), type.Shape.Dims, size);
    }
}

internal sealed class SliceGradientKernel : Kernel<SliceGradient>
{
    protected override unsafe void Run(SliceGradient op, KernelContext c)
    {
        TensorType dx = c.Signature.Output(0), dy = c.Signature.Input(0);
        Tensor output = c.Output(0);
        output.Zero(c.Node.Name);
        if (dy.Elements == 0) return;
        long[] strides = dx.Shape.Strides();
        long offset = 0;
        for (int i = 0; i < strides.Length; i++)
        {
            offset += op.Starts[i] * strides[i];
            strides[i] *= op.Steps[i];
        }
        int size = dx.Element.Size();
        StridedCopy.Run(c.In<byte>(0), c.Input(0).Strides, c.Out<byte>(0) + offset * size, strides, dy.Shape.Dims, size);
    }
}
