using System.Runtime.InteropServices;
using Headroom.Graph;
using Headroom.Graph.Operators;
using Headroom.Runtime.LibTorch;

namespace Headroom.Runtime.Kernels.Convolution;

/// <summary>Our own loops, plane by plane, for the reason that <see cref="MaxPoolKernel"/> gives.</summary>
internal sealed unsafe class AveragePoolKernel : Kernel<AveragePool>
{
    protected override void Run(AveragePool op, KernelContext c)
    {
        TensorType x = c.Signature.Input(0);
        Averages.Run(new Averages.Work { X = c.In<byte>(0), Y = c.Out<byte>(0), Window = new Window3(op.Window(x)), CountPadding = op.CountIncludePad }, x.Element, x.Shape[0] * x.Shape[1], backward: false);
    }
}

internal sealed unsafe class AveragePoolGradientKernel : Kernel<AveragePoolGradient>
{
    protected override void Run(AveragePoolGradient op, KernelContext c)
    {
        TensorType dx = c.Signature.Output(0);
        Averages.Run(new Averages.Work { X = c.Out<byte>(0), Y = c.In<byte>(0), Window = new Window3(op.Forward.Window(dx)), CountPadding = op.Forward.CountIncludePad }, dx.Element, dx.Shape[0] * dx.Shape[1], backward: true);
    }
}

internal static unsafe class Averages
{
    public static void Run(Work work, ElementType element, long planes, bool backward)
    {
        switch (element)
        {
            case ElementType.Float32: Run<Float32Scalar>(work, planes, backward); break;
            case ElementType.BFloat16: Run<BFloat16Scalar>(work, planes, backward); break;
            case ElementType.Float16: Run<Float16Scalar>(work, planes, backward); break;
            default: Run<Float64Scalar>(work, planes, backward); break;
        }
    }

    private static void Run<T>(Work work, long planes, bool backward) where T : struct, IScalar
    {
        if (backward) Workers.For(new Share<T> { W = work }, planes);
        else Workers.For(new Mean<T> { W = work }, planes);
    }

    /// <summary>x and y are input and output of the forward pass; the backward pass reads y and writes x.</summary>
    public struct Work
    {
        public byte* X, Y;
        public Window3 Window;
        public bool CountPadding;
    }

    /// <summary>One window: the positions that it reads, and by how many elements it divides.</summary>
    private ref struct Place
    {
        public long A0, A1, B0, B1, I0, I1;
        public double Share;

        public Place(in Window3 w, bool countPadding, long a, long b, long i)
        {
            w.Range(0, a, out A0, out A1);
            w.Range(1, b, out B0, out B1);
            w.Range(2, i, out I0, out I1);
            long count = countPadding
                ? w.Counted(0, a) * w.Counted(1, b) * w.Counted(2, i)
                : Steps(A0, A1, w.Dilation[0]) * Steps(B0, B1, w.Dilation[1]) * Steps(I0, I1, w.Dilation[2]);
            // A dilated window may meet padding only; its mean is 0.
            Share = count > 0 ? 1.0 / count : 0;
        }

        private static long Steps(long first, long end, long step) => end > first ? (end - first + step - 1) / step : 0;
    }

    private struct Mean<T> : IRangeKernel where T : struct, IScalar
    {
        public Work W;

        public readonly void Run(long begin, long end)
        {
            Window3 w = W.Window;
            long input = w.InputElements, at = begin * w.OutputElements;
            for (long plane = begin; plane < end; plane++)
                for (long a = 0; a < w.Output[0]; a++)
                    for (long b = 0; b < w.Output[1]; b++)
                        for (long i = 0; i < w.Output[2]; i++, at++)
                        {
                            var place = new Place(w, W.CountPadding, a, b, i);
                            double sum = 0;
                            for (long p = place.A0; p < place.A1; p += w.Dilation[0])
                                for (long q = place.B0; q < place.B1; q += w.Dilation[1])
                                {
                                    long row = plane * input + (p * w.Input[1] + q) * w.Input[2];
                                    for (long r = place.I0; r < place.I1; r += w.Dilation[2]) sum += T.Read(W.X, row + r);
                                }
                            T.Write(W.Y, at, sum * place.Share);
                        }
        }
    }

    private struct Share<T> : IRangeKernel where T : struct, IScalar
    {
        public Work W;

        public readonly void Run(long begin, long end)
        {
            Window3 w = W.Window;
            long input = w.InputElements, at = begin * w.OutputElements;
            double* sums = (double*)NativeMemory.Alloc((nuint)input, sizeof(double));
            for (long plane = begin; plane < end; plane++)
            {
                NativeMemory.Clear(sums, (nuint)input * sizeof(double));
                for (long a = 0; a < w.Output[0]; a++)
                    for (long b = 0; b < w.Output[1]; b++)
                        for (long i = 0; i < w.Output[2]; i++, at++)
                        {
                            var place = new Place(w, W.CountPadding, a, b, i);
                            double share = T.Read(W.Y, at) * place.Share;
                            for (long p = place.A0; p < place.A1; p += w.Dilation[0])
                                for (long q = place.B0; q < place.B1; q += w.Dilation[1])
                                {
                                    double* row = sums + (p * w.Input[1] + q) * w.Input[2];
                                    for (long r = place.I0; r < place.I1; r += w.Dilation[2]) row[r] += share;
                                }
                        }
                for (long i = 0; i < input; i++) T.Write(W.X, plane * input + i, sums[i]);
            }
            NativeMemory.Free(sums);
        }
    }
}
