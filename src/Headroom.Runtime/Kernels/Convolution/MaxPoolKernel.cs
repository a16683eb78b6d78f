using System.Runtime.InteropServices;
using Headroom.Graph;
using Headroom.Graph.Operators;
using Headroom.Runtime.LibTorch;

namespace Headroom.Runtime.Kernels.Convolution;

/// <summary>Our own loops, plane by plane: libtorch's pooling knows neither padding that differs between ends nor more than half a window of it.</summary>
internal sealed unsafe class MaxPoolKernel : Kernel<MaxPool>
{
    protected override void Run(MaxPool op, KernelContext c)
    {
        TensorType x = c.Signature.Input(0);
        var work = new Work { X = c.In<byte>(0), Y = c.Wants(0) ? c.Out<byte>(0) : null, Indices = c.Wants(1) ? c.Out<long>(1) : null, Window = new Window3(op.Window(x)), Columns = op.ColumnMajor };
        long planes = x.Shape[0] * x.Shape[1];
        switch (x.Element)
        {
            case ElementType.Float32: Workers.For(new Pool<Float32Scalar> { W = work }, planes); break;
            case ElementType.BFloat16: Workers.For(new Pool<BFloat16Scalar> { W = work }, planes); break;
            case ElementType.Float16: Workers.For(new Pool<Float16Scalar> { W = work }, planes); break;
            case ElementType.Float64: Workers.For(new Pool<Float64Scalar> { W = work }, planes); break;
            case ElementType.Int8: Workers.For(new Pool<Int8Scalar> { W = work }, planes); break;
            default: Workers.For(new Pool<UInt8Scalar> { W = work }, planes); break;
        }
    }

    private struct Work
    {
        public byte* X, Y;
        public long* Indices;
        public Window3 Window;
        public bool Columns;
    }

    private struct Pool<T> : IRangeKernel where T : struct, IScalar
    {
        public Work W;

        public readonly void Run(long begin, long end)
        {
            Window3 w = W.Window;
            long input = w.InputElements, at = begin * w.OutputElements;
            for (long plane = begin; plane < end; plane++)
                for (long a = 0; a < w.Output[0]; a++)
                {
                    w.Range(0, a, out long a0, out long a1);
                    for (long b = 0; b < w.Output[1]; b++)
                    {
                        w.Range(1, b, out long b0, out long b1);
                        for (long i = 0; i < w.Output[2]; i++, at++)
                        {
                            w.Range(2, i, out long i0, out long i1);
                            double most = double.NegativeInfinity;
                            long where = -1;
                            for (long p = a0; p < a1; p += w.Dilation[0])
                                for (long q = b0; q < b1; q += w.Dilation[1])
                                {
                                    long row = plane * input + (p * w.Input[1] + q) * w.Input[2];
                                    for (long r = i0; r < i1; r += w.Dilation[2])
                                    {
                                        double value = T.Read(W.X, row + r);
                                        if (!(value <= most) || where < 0) (most, where) = (value, row + r);
                                        if (double.IsNaN(value)) goto done;
                                    }
                                }
                            done:
                            if (W.Y != null) T.Write(W.Y, at, most);
                            if (W.Indices != null) W.Indices[at] = W.Columns && where >= 0 ? plane * input + w.ByColumns(where - plane * input) : where;
                        }
                    }
                }
        }
    }
}

internal sealed unsafe class MaxPoolGradientKernel : Kernel<MaxPoolGradient>
{
    protected override void Run(MaxPoolGradient op, KernelContext c)
    {
        TensorType dy = c.Signature.Input(0);
        long planes = op.InputShape[0] * op.InputShape[1];
        if (op.InputShape.Elements == 0) return;
        var work = new Work { Dy = c.In<byte>(0), Indices = c.In<long>(1), Dx = c.Out<byte>(0), From = op.InputShape.Elements / planes, To = dy.Elements / planes };
        switch (dy.Element)
        {
            case ElementType.Float32: Workers.For(new Scatter<Float32Scalar> { W = work }, planes); break;
            case ElementType.BFloat16: Workers.For(new Scatter<BFloat16Scalar> { W = work }, planes); break;
            case ElementType.Float16: Workers.For(new Scatter<Float16Scalar> { W = work }, planes); break;
            default: Workers.For(new Scatter<Float64Scalar> { W = work }, planes); break;
        }
    }

    private struct Work
    {
        public byte* Dy, Dx;
        public long* Indices;
        public long From, To;
    }

    // Windows overlap: sums in fp64 on one plane, rounded once.
    private struct Scatter<T> : IRangeKernel where T : struct, IScalar
    {
        public Work W;

        public readonly void Run(long begin, long end)
        {
            double* sums = (double*)NativeMemory.Alloc((nuint)W.From, sizeof(double));
            for (long plane = begin; plane < end; plane++)
            {
                NativeMemory.Clear(sums, (nuint)W.From * sizeof(double));
                long first = plane * W.From;
                for (long i = plane * W.To; i < (plane + 1) * W.To; i++)
                    if (W.Indices[i] >= 0) sums[W.Indices[i] - first] += T.Read(W.Dy, i);
                for (long i = 0; i < W.From; i++) T.Write(W.Dx, first + i, sums[i]);
            }
            NativeMemory.Free(sums);
        }
    }
}
