using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Headroom.Graph;
using Headroom.Graph.Operators;
using Headroom.Runtime.LibTorch;

namespace Headroom.Runtime.Kernels.Normalization;

internal sealed unsafe class LRNKernel : Kernel<LRN>
{
    protected override void Run(LRN op, KernelContext c)
    {
        TensorType x = c.Signature.Input(0);
        Responses.Run(new Responses.Work(op, x) { X = c.In<byte>(0), Y = c.Out<byte>(0) }, x.Element);
    }
}

internal sealed unsafe class LRNGradientKernel : Kernel<LRNGradient>
{
    protected override void Run(LRNGradient op, KernelContext c)
    {
        TensorType x = c.Signature.Input(1);
        Responses.Run(new Responses.Work(op.Forward, x) { Dy = c.In<byte>(0), X = c.In<byte>(1), Y = c.Out<byte>(0) }, x.Element);
    }
}

/// <summary>Sums across channels, in fp64, for a strip of neighbouring places at a time.</summary>
internal static unsafe class Responses
{
    private const long Strip = 16;

    /// <summary>y is dx where there is a dy.</summary>
    public struct Work(LRN op, TensorType x)
    {
        public byte* X, Y, Dy = null;
        public readonly long Batch = x.Shape[0], Channels = x.Shape[1], Places = new Shape(x.Shape.Dims[2..]).Elements, Before = op.Before, After = op.After;
        public readonly double Share = (double)op.Alpha / op.Size, Beta = op.Beta, Bias = op.Bias;
    }

    public static void Run(Work work, ElementType element)
    {
        switch (element)
        {
            case ElementType.Float32: Run<Float32Scalar>(work); break;
            case ElementType.BFloat16: Run<BFloat16Scalar>(work); break;
            case ElementType.Float16: Run<Float16Scalar>(work); break;
            default: Run<Float64Scalar>(work); break;
        }
    }

    private static void Run<T>(Work work) where T : struct, IScalar => Workers.For(new Kernel<T> { W = work }, work.Batch * ((work.Places + Strip - 1) / Strip));

    private struct Kernel<T> : IRangeKernel where T : struct, IScalar
    {
        public Work W;

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public readonly void Run(long begin, long end)
        {
            Work w = W;
            long strips = (w.Places + Strip - 1) / Strip;
            // For each place and channel of the strip: x, t and what the gradient sums.
            double* x = (double*)NativeMemory.Alloc((nuint)(3 * w.Channels), sizeof(double)), t = x + w.Channels, q = t + w.Channels;
            for (long strip = begin; strip < end; strip++)
            {
                long first = strip / strips * w.Channels * w.Places, from = strip % strips * Strip;
                for (long place = from; place < Math.Min(from + Strip, w.Places); place++)
                {
                    for (long c = 0; c < w.Channels; c++) x[c] = T.Read(w.X, first + c * w.Places + place);
                    for (long c = 0; c < w.Channels; c++) t[c] = w.Bias + w.Share * Window(x, c, w.Before, w.After, w.Channels);
                    if (w.Dy == null)
                    {
                        for (long c = 0; c < w.Channels; c++) T.Write(w.Y, first + c * w.Places + place, x[c] * Math.Pow(t[c], -w.Beta));
                        continue;
                    }
                    for (long c = 0; c < w.Channels; c++) q[c] = T.Read(w.Dy, first + c * w.Places + place) * Math.Pow(t[c], -w.Beta);
                    // A channel is in the sums of those it lies behind or before: the window, turned round.
                    for (long c = 0; c < w.Channels; c++)
                    {
                        double sum = 0;
                        for (long k = Math.Max(0, c - w.After), last = Math.Min(w.Channels - 1, c + w.Before); k <= last; k++) sum += q[k] * x[k] / t[k];
                        T.Write(w.Y, first + c * w.Places + place, q[c] - 2 * w.Share * w.Beta * x[c] * sum);
                    }
                }
            }
            NativeMemory.Free(x);
        }

        private static double Window(double* x, long c, long before, long after, long channels)
        {
            double sum = 0;
            for (long k = Math.Max(0, c - before), last = Math.Min(channels - 1, c + after); k <= last; k++) sum += x[k] * x[k];
            return sum;
        }
    }
}
