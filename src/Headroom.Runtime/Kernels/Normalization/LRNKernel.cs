using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
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

/// <summary>Sums across channels, for a register of neighbouring places at a time.</summary>
internal static unsafe class Responses
{
    /// <summary>y is dx where there is a dy.</summary>
    public struct Work(LRN op, TensorType x)
    {
        public byte* X, Y, Dy = null;
        public readonly long Batch = x.Shape[0], Channels = x.Shape[1], Places = new Shape(x.Shape.Dims[2..]).Elements, Before = op.Before, After = op.After;
        public readonly double Share = (double)op.Alpha / op.Size, Beta = op.Beta, Bias = op.Bias;
    }

    public static void Run(Work work, ElementType element) => Lanes.Run(element, new Typed { W = work });

    private struct Typed : ILanesWork
    {
        public Work W;

        public readonly void Run<T, C>() where T : struct, ILanes<C> where C : unmanaged, IBinaryFloatingPointIeee754<C>
            => Workers.For(new Kernel<T, C> { W = W }, W.Batch * ((W.Places + Vector512<C>.Count - 1) / Vector512<C>.Count));
    }

    private struct Kernel<T, C> : IRangeKernel where T : struct, ILanes<C> where C : unmanaged, IBinaryFloatingPointIeee754<C>
    {
        public Work W;

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public readonly void Run(long begin, long end)
        {
            Work w = W;
            long lanes = Vector512<C>.Count, strips = (w.Places + lanes - 1) / lanes, step = w.Places * T.Bytes;
            // For each channel of the strip: x, what is summed, t, and dy · t^-β.
            Vector512<C>* x = (Vector512<C>*)NativeMemory.AlignedAlloc((nuint)(Math.Max(1, 4 * w.Channels) * sizeof(Vector512<C>)), 64), s = x + w.Channels, t = s + w.Channels, q = t + w.Channels;
            Vector512<C> share = Vector512.Create(C.CreateChecked(w.Share)), bias = Vector512.Create(C.CreateChecked(w.Bias)), factor = Vector512.Create(C.CreateChecked(2 * w.Share * w.Beta));
            for (long strip = begin; strip < end; strip++)
            {
                long first = strip / strips * w.Channels * w.Places + strip % strips * lanes, count = Math.Min(lanes, w.Places - strip % strips * lanes);
                byte* xs = w.X + first * T.Bytes, ys = w.Y + first * T.Bytes, dys = w.Dy == null ? null : w.Dy + first * T.Bytes;
                for (long c = 0; c < w.Channels; c++)
                {
                    x[c] = Load(xs + c * step, count);
                    s[c] = x[c] * x[c];
                }
                for (long c = 0; c < w.Channels; c++)
                {
                    t[c] = bias + share * Window(s, c, w.Before, w.After, w.Channels);
                    q[c] = Power(t[c], w.Beta) * (dys == null ? x[c] : Load(dys + c * step, count));
                    if (dys == null) Store(ys + c * step, count, q[c]);
                }
                if (dys == null) continue;
                for (long c = 0; c < w.Channels; c++) s[c] = q[c] * x[c] / t[c];
                // A channel is in the sums of those it lies behind or before: the window, turned round.
                for (long c = 0; c < w.Channels; c++) Store(ys + c * step, count, q[c] - factor * x[c] * Window(s, c, w.After, w.Before, w.Channels));
            }
            NativeMemory.AlignedFree(x);
        }

        private static Vector512<C> Window(Vector512<C>* s, long c, long before, long after, long channels)
        {
            Vector512<C> sum = Vector512<C>.Zero;
            for (long k = Math.Max(0, c - before), last = Math.Min(channels - 1, c + after); k <= last; k++) sum += s[k];
            return sum;
        }

        // The exponents that networks have cost roots only.
        private static Vector512<C> Power(Vector512<C> t, double beta)
        {
            Vector512<C> root = Vector512.Sqrt(t);
            if (beta == 0.75) return Vector512<C>.One / (root * Vector512.Sqrt(root));
            if (beta == 0.5) return Vector512<C>.One / root;
            if (beta == 1) return Vector512<C>.One / t;
            C exponent = C.CreateChecked(-beta);
            for (int i = 0; i < Vector512<C>.Count; i++) t = t.WithElement(i, C.Pow(t.GetElement(i), exponent));
            return t;
        }

        private static Vector512<C> Load(byte* source, long count)
        {
            if (count == Vector512<C>.Count) return T.Load(source);
            Vector512<C> value = Vector512<C>.Zero;
            for (int i = 0; i < count; i++) value = value.WithElement(i, T.Get(source + i * T.Bytes, 0));
            return value;
        }

        private static void Store(byte* target, long count, Vector512<C> value)
        {
            if (count == Vector512<C>.Count) T.Store(target, value);
            else for (int i = 0; i < count; i++) T.Set(target + i * T.Bytes, 0, value.GetElement(i));
        }
    }
}
