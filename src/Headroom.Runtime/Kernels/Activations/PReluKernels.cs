using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Headroom.Graph;
using Headroom.Graph.Operators;
using Headroom.Runtime.Kernels.Elementwise;
using Headroom.Runtime.LibTorch;
using static Headroom.Runtime.Kernels.Elementwise.LaneMath;

namespace Headroom.Runtime.Kernels.Activations;

internal sealed class PReluKernel : BinaryKernel<PRelu, PReluFunction>;

internal sealed unsafe class PReluGradientKernel : Kernel<PReluGradient>
{
    protected override void Run(PReluGradient op, KernelContext c)
    {
        TensorType type = c.Signature.Input(0);
        if (type.Elements == 0) return;
        switch (type.Element)
        {
            case ElementType.Float32: Run<float, NativeLanes<float>>(c); break;
            case ElementType.Float64: Run<double, NativeLanes<double>>(c); break;
            case ElementType.BFloat16: Run<float, BFloat16Lanes>(c); break;
            case ElementType.Float16: Run<float, HalfLanes>(c); break;
            default: throw new GraphException($"node '{c.Node.Name}' ({c.Node.Operator.Name}): no kernel for {type}");
        }
    }

    private static void Run<T, TLanes>(KernelContext c) where T : unmanaged where TLanes : unmanaged, ILanes<T>
    {
        var loop = new Loop<T, TLanes>
        {
            Walk = Walk.Create(c.Signature.Input(0).Shape, c.Input(1), c.Input(2), c.Node.Name),
            Dy = c.In<byte>(0),
            X = c.In<byte>(1),
            Slope = c.In<byte>(2),
            Dx = c.Wants(0) ? c.Out<byte>(0) : null,
            DSlope = c.Wants(1) ? c.Out<byte>(1) : null,
        };
        Workers.For(loop, loop.Walk.Count, 1 << 14);
    }

    private struct Loop<T, TLanes> : IRangeKernel where T : unmanaged where TLanes : unmanaged, ILanes<T>
    {
        public Walk Walk;
        public byte* Dy, X, Slope, Dx, DSlope;

        // dy and x lie element by element beside the results; only the slopes are walked.
        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public readonly void Run(long begin, long end)
        {
            int lanes = Vector512<T>.Count, size = TLanes.Bytes;
            long inner = Walk.Inner, run = begin / inner, column = begin % inner, step = Walk.StrideB;
            for (long at = begin; at < end; run++, column = 0)
            {
                long last = at + Math.Min(inner - column, end - at);
                byte* slope = Slope + (Walk.At(run).B + column * step) * size;
                for (; at < last; at += lanes, slope += lanes * step * size)
                {
                    long n = Math.Min(lanes, last - at);
                    Vector512<T> dy = Lanes.Load<T, TLanes>(Dy + at * size, n), x = Lanes.Load<T, TLanes>(X + at * size, n), below = Below(x, 0);
                    if (Dx != null) Lanes.Store<T, TLanes>(Dx + at * size, n, dy * If(below, Lanes.Load<T, TLanes>(slope, step, n), Vector512<T>.One));
                    if (DSlope != null) Lanes.Store<T, TLanes>(DSlope + at * size, n, dy * x & below);
                }
                at = last;
            }
        }
    }
}
