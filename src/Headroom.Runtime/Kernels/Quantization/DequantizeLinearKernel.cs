using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Headroom.Graph;
using Headroom.Graph.Operators;
using Headroom.Runtime.Kernels.Normalization;
using Headroom.Runtime.LibTorch;

namespace Headroom.Runtime.Kernels.Quantization;

/// <summary>Multiplies in fp32 (fp64 beside a scale of fp64) and rounds once.</summary>
internal sealed unsafe class DequantizeLinearKernel : Kernel<DequantizeLinear>
{
    protected override long Workspace(DequantizeLinear op, Signature s) => Lanes.Room(s.Input(1).Elements, ElementType.Float64);

    protected override void Run(DequantizeLinear op, KernelContext c)
    {
        TensorType x = c.Signature.Input(0), y = c.Signature.Output(0);
        if (x.Elements == 0) return;
        byte* at = c.Workspace;
        var work = new Work { X = c.In<byte>(0), Y = c.Out<byte>(0), Zero = c.Has(2) ? c.In<byte>(2) : null, Grid = op.Grid(x, c.Signature.Input(1)) };
        work.Scale = Parameters.In(c, 1, c.Signature.Input(1).Shape, Lanes.Computed(y.Element), ref at);
        switch (x.Element)
        {
            case ElementType.Int8: Lanes.Run(y.Element, new Typed<QuantizedInt8> { W = work, Count = x.Elements }); break;
            case ElementType.UInt8: Lanes.Run(y.Element, new Typed<QuantizedUInt8> { W = work, Count = x.Elements }); break;
            default: Lanes.Run(y.Element, new Typed<QuantizedInt32> { W = work, Count = x.Elements }); break;
        }
    }

    private struct Work
    {
        public byte* X, Y, Zero;
        public void* Scale;
        public QuantizationGrid Grid;
    }

    private struct Typed<Q> : ILanesWork where Q : struct, IQuantized
    {
        public Work W;
        public long Count;

        public readonly void Run<T, C>() where T : struct, ILanes<C> where C : unmanaged, System.Numerics.IBinaryFloatingPointIeee754<C>
            => Workers.For(new Loop<T, C, Q> { W = W }, Count, 1 << 14);
    }

    private struct Loop<T, C, Q> : IRangeKernel where T : struct, ILanes<C> where C : unmanaged, System.Numerics.IBinaryFloatingPointIeee754<C> where Q : struct, IQuantized
    {
        public Work W;

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public readonly void Run(long begin, long end)
        {
            Work w = W;
            var walk = new GridWalk(w.Grid, begin, end);
            while (walk.Next(out long i, out long last, out long scale))
            {
                if (typeof(C) == typeof(float))
                {
                    Vector512<float> s = Vector512.Create(((float*)w.Scale)[scale]);
                    Vector512<int> z = Vector512.Create(w.Zero == null ? 0 : Q.Get(w.Zero, scale));
                    for (; i + 16 <= last; i += 16, scale += 16 * w.Grid.InnerStep)
                    {
                        if (w.Grid.InnerStep == 1)
                        {
                            s = Vector512.Load((float*)w.Scale + scale);
                            if (w.Zero != null) z = Q.Load(w.Zero, scale);
                        }
                        T.Store(w.Y + i * T.Bytes, (Vector512.ConvertToSingle(Q.Load(w.X, i) - z) * s).As<float, C>());
                    }
                }
                for (; i < last; i++, scale += w.Grid.InnerStep)
                {
                    int zero = w.Zero == null ? 0 : Q.Get(w.Zero, scale);
                    T.Set(w.Y + i * T.Bytes, 0, C.CreateTruncating((long)Q.Get(w.X, i) - zero) * ((C*)w.Scale)[scale]);
                }
            }
        }
    }
}

internal sealed unsafe class DequantizeLinearGradientKernel : Kernel<DequantizeLinearGradient>
{
    protected override long Workspace(DequantizeLinearGradient op, Signature s) => Lanes.Room(op.Scale.Elements, ElementType.Float64);

    // In the elements' order on one thread: the same bits whatever the number of threads.
    protected override void Run(DequantizeLinearGradient op, KernelContext c)
    {
        TensorType dy = c.Signature.Input(0), x = c.Signature.Input(1);
        byte* at = c.Workspace;
        double* sums = (double*)Parameters.Out(c, 0, ElementType.Float64, ref at);
        new Span<double>(sums, checked((int)op.Scale.Elements)).Clear();
        byte* zero = c.Has(2) ? c.In<byte>(2) : null;
        QuantizationGrid grid = op.Forward.Grid(x, op.Scale);
        if (x.Elements == 0) { }
        else if (x.Element == ElementType.Int8) Sum<QuantizedInt8>(c.In<byte>(0), dy.Element, c.In<byte>(1), zero, sums, grid, x.Elements);
        else if (x.Element == ElementType.UInt8) Sum<QuantizedUInt8>(c.In<byte>(0), dy.Element, c.In<byte>(1), zero, sums, grid, x.Elements);
        else Sum<QuantizedInt32>(c.In<byte>(0), dy.Element, c.In<byte>(1), zero, sums, grid, x.Elements);
        Parameters.Finish(c, 0, sums, ElementType.Float64);
    }

    private static void Sum<Q>(byte* dy, ElementType element, byte* x, byte* zero, double* sums, QuantizationGrid grid, long count) where Q : struct, IQuantized
    {
        switch (element)
        {
            case ElementType.Float32: Sum<Float32Scalar, Q>(dy, x, zero, sums, grid, count); break;
            case ElementType.BFloat16: Sum<BFloat16Scalar, Q>(dy, x, zero, sums, grid, count); break;
            case ElementType.Float16: Sum<Float16Scalar, Q>(dy, x, zero, sums, grid, count); break;
            default: Sum<Float64Scalar, Q>(dy, x, zero, sums, grid, count); break;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Sum<T, Q>(byte* dy, byte* x, byte* zero, double* sums, QuantizationGrid grid, long count) where T : struct, IScalar where Q : struct, IQuantized
    {
        var walk = new GridWalk(grid, 0, count);
        while (walk.Next(out long i, out long last, out long scale))
            for (; i < last; i++, scale += grid.InnerStep) sums[scale] += T.Read(dy, i) * ((double)Q.Get(x, i) - (zero == null ? 0 : Q.Get(zero, scale)));
    }
}
