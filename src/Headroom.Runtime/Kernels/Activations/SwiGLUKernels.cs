using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Headroom.Graph;
using Headroom.Graph.Operators;
using Headroom.Runtime.Kernels.Elementwise;
using Headroom.Runtime.LibTorch;
using static Headroom.Runtime.Kernels.Elementwise.LaneMath;

namespace Headroom.Runtime.Kernels.Activations;

internal sealed class SwiGLUKernel : LaneKernel<SwiGLU, SwiGLUFunction>
{
    protected override SwiGLUFunction Function(SwiGLU op, KernelContext c) => new(op.Alpha);
}

internal sealed unsafe class SwiGLUGradientKernel : Kernel<SwiGLUGradient>
{
    protected override void Run(SwiGLUGradient op, KernelContext c)
    {
        switch (c.Signature.Input(0).Element)
        {
            case ElementType.Float32: Run<float, NativeLanes<float>>(op, c); break;
            case ElementType.Float64: Run<double, NativeLanes<double>>(op, c); break;
            case ElementType.BFloat16: Run<float, BFloat16Lanes>(op, c); break;
            default: Run<float, HalfLanes>(op, c); break;
        }
    }

    private static void Run<T, TLanes>(SwiGLUGradient op, KernelContext c) where T : unmanaged where TLanes : unmanaged, ILanes<T>
    {
        var loop = new Loop<T, TLanes>
        {
            Dy = c.In<byte>(0),
            A = c.In<byte>(1),
            B = c.In<byte>(2),
            Da = c.Wants(0) ? c.Out<byte>(0) : null,
            Db = c.Wants(1) ? c.Out<byte>(1) : null,
            Alpha = op.Alpha,
        };
        Workers.For(loop, c.Signature.Input(0).Elements, 1 << 13);
    }

    private struct Loop<T, TLanes> : IRangeKernel where T : unmanaged where TLanes : unmanaged, ILanes<T>
    {
        public byte* Dy, A, B, Da, Db;
        public double Alpha;

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public readonly void Run(long begin, long end)
        {
            int lanes = Vector512<T>.Count, size = TLanes.Bytes;
            Vector512<T> one = Vector512<T>.One, alpha = Splat<T>(Alpha);
            for (long at = begin; at < end; at += lanes)
            {
                long n = Math.Min(lanes, end - at), byteAt = at * size;
                Vector512<T> dy = Lanes.Load<T, TLanes>(Dy + byteAt, n), a = Lanes.Load<T, TLanes>(A + byteAt, n), b = Lanes.Load<T, TLanes>(B + byteAt, n);
                Vector512<T> z = a * alpha, s = Sigmoid(z), scaled = dy * s;
                if (Da != null) Lanes.Store<T, TLanes>(Da + byteAt, n, scaled * b * (one + z * (one - s)));
                if (Db != null) Lanes.Store<T, TLanes>(Db + byteAt, n, scaled * a);
            }
        }
    }
}
