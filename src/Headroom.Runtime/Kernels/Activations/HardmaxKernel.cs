using Headroom.Graph;
using Headroom.Graph.Operators;
using Headroom.Runtime.LibTorch;

namespace Headroom.Runtime.Kernels.Activations;

internal sealed unsafe class HardmaxKernel : Kernel<Hardmax>
{
    protected override void Run(Hardmax op, KernelContext c)
    {
        switch (c.Signature.Output(0).Element)
        {
            case ElementType.Float64: Run<Float64Scalar>(op, c); break;
            case ElementType.Float32: Run<Float32Scalar>(op, c); break;
            case ElementType.BFloat16: Run<BFloat16Scalar>(op, c); break;
            default: Run<Float16Scalar>(op, c); break;
        }
    }

    private static void Run<T>(Hardmax op, KernelContext c) where T : unmanaged, IScalar
    {
        Shape shape = c.Signature.Output(0).Shape;
        if (shape.Elements == 0) return;
        int axis = shape.Axis(op.Axis);
        long extent = shape[axis], inner = 1;
        for (int i = axis + 1; i < shape.Rank; i++) inner *= shape[i];
        Workers.For(new Loop<T> { X = c.In<byte>(0), Y = c.Out<byte>(0), Extent = extent, Inner = inner }, shape.Elements / extent, Math.Max(1, (1 << 14) / extent));
    }

    // One line along the axis after the other, each read whole before it is written.
    private struct Loop<T> : IRangeKernel where T : unmanaged, IScalar
    {
        public byte* X, Y;
        public long Extent, Inner;

        public readonly void Run(long begin, long end)
        {
            for (long line = begin; line < end; line++)
            {
                long start = line / Inner * Extent * Inner + line % Inner, best = 0;
                double largest = T.Read(X, start);
                for (long k = 1; k < Extent && !double.IsNaN(largest); k++)
                {
                    double v = T.Read(X, start + k * Inner);
                    if (v <= largest) continue;
                    (largest, best) = (v, k);
                }
                for (long k = 0; k < Extent; k++) T.Write(Y, start + k * Inner, k == best ? 1 : 0);
            }
        }
    }
}
