using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using Headroom.Runtime.LibTorch;

namespace Headroom.Runtime.Kernels.Fused;

/// <summary>The backward pass of <see cref="BatchNorm"/>, through the ReLU and the residual add as well: two visits to the rows.</summary>
public static unsafe class BatchNormGradient
{
    const int Block = 64;

    /// <summary>
    /// <c>dy</c> counts as 0 where <c>y</c> is not positive (the residual's gradient, too); then <c>dx = γ r (dy - mean(dy) - x̂ mean(dy x̂))</c>.
    /// </summary>
    /// <param name="x"><c>[rows, channels]</c>: what was normalized.</param>
    /// <param name="y"><c>[rows, channels]</c>: the output, whose sign is the ReLU's mask; null without ReLU.</param>
    /// <param name="dy"><c>[rows, channels]</c>: its gradient.</param>
    /// <param name="dx"><c>[rows, channels]</c>, written; may be <paramref name="x"/>, or <paramref name="dy"/> where that is not <paramref name="masked"/>.</param>
    /// <param name="type">Storage of all four.</param>
    /// <param name="gamma">fp32 <c>[channels]</c>.</param>
    /// <param name="mean">fp32 <c>[channels]</c>.</param>
    /// <param name="reciprocal">fp32 <c>[channels]</c>.</param>
    /// <param name="gammaGradient">fp32 <c>[channels]</c>, written.</param>
    /// <param name="betaGradient">fp32 <c>[channels]</c>, written.</param>
    /// <param name="rows">Rows.</param>
    /// <param name="channels">Channels.</param>
    /// <param name="other">Null, or <c>[rows, channels]</c>: a second gradient of <paramref name="y"/>, added to <paramref name="dy"/> first (where a residual branched off).</param>
    /// <param name="masked">Null, or <c>[rows, channels]</c>, written: what of dy passes the mask, which the residual's branch gets; may be <paramref name="dy"/>.</param>
    public static void Run(void* x, void* y, void* dy, void* dx, ScalarType type, float* gamma, float* mean, float* reciprocal,
        float* gammaGradient, float* betaGradient, long rows, long channels, void* other = null, void* masked = null)
    {
        var work = new Work { X = x, Y = y, Dy = dy, Dx = dx, Other = other, Masked = masked, Mean = mean, Reciprocal = reciprocal, Channels = channels };
        bool bf16 = Storage.IsBF16(type);
        using (var parts = new Partials(rows, channels, kinds: 2, grain: Block))
        {
            work.Parts = parts;
            if (bf16) Workers.For(new SumsKernel<BF16> { W = work }, parts.Count);
            else Workers.For(new SumsKernel<F32> { W = work }, parts.Count);
            parts.Into(0, gammaGradient);
            parts.Into(1, betaGradient);
        }
        // dx is linear in dy and x, channel by channel.
        float* factors = (float*)NativeMemory.Alloc((nuint)channels * 3, sizeof(float));
        for (long c = 0; c < channels; c++)
        {
            float a = gamma[c] * reciprocal[c], b = -a * reciprocal[c] * gammaGradient[c] / rows;
            factors[c] = a;
            factors[channels + c] = b;
            factors[2 * channels + c] = -a * betaGradient[c] / rows - b * mean[c];
        }
        work.Factors = factors;
        if (bf16) Workers.For(new ApplyKernel<BF16> { W = work }, rows, Block);
        else Workers.For(new ApplyKernel<F32> { W = work }, rows, Block);
        NativeMemory.Free(factors);
    }

    struct Work
    {
        public void* X, Y, Dy, Dx, Other, Masked;
        public float* Mean, Reciprocal, Factors;
        public long Channels;
        public Partials Parts;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static Vector512<float> Gradient<T, S>(in Work w, long offset, long i) where T : struct, IElement where S : struct, IEnding
    {
        Vector512<float> d = T.Load<S>((byte*)w.Dy + offset, i, w.Channels);
        if (w.Other != null) d += T.Load<S>((byte*)w.Other + offset, i, w.Channels);
        if (w.Y != null) d &= Vector512.GreaterThan(T.Load<S>((byte*)w.Y + offset, i, w.Channels), Vector512<float>.Zero);
        return d;
    }

    // Where it was written down, it is read from there: dy may be gone.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static Vector512<float> Passing<T, S>(in Work w, long offset, long i) where T : struct, IElement where S : struct, IEnding
        => w.Masked != null ? T.Load<S>((byte*)w.Masked + offset, i, w.Channels) : Gradient<T, S>(w, offset, i);

    struct SumsKernel<T> : IRangeKernel where T : struct, IElement
    {
        public Work W;

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public readonly void Run(long begin, long end)
        {
            if (W.Channels % 16 == 0) EachRow<Whole>(begin, end);
            else EachRow<Ragged>(begin, end);
        }

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        readonly void EachRow<S>(long begin, long end) where S : struct, IEnding
        {
            Work w = W;
            for (long part = begin; part < end; part++)
            {
                float* products = w.Parts.At(part, 0), sums = w.Parts.At(part, 1);
                (long first, long last) = w.Parts.RowsOf(part);
                for (long block = first, stop; block < last; block = stop)
                {
                    stop = Math.Min(block + Block, last);
                    for (long i = 0; i < w.Channels; i += 16)
                    {
                        Vector512<float> sum = Vector512<float>.Zero, dot = sum, m = F32.Load<S>(w.Mean, i, w.Channels), r = F32.Load<S>(w.Reciprocal, i, w.Channels);
                        for (long row = block; row < stop; row++)
                        {
                            long offset = row * w.Channels * T.Bytes;
                            Vector512<float> d = Gradient<T, S>(w, offset, i);
                            if (w.Masked != null) T.Store<S>((byte*)w.Masked + offset, i, w.Channels, d);
                            sum += d;
                            dot = Vector512.FusedMultiplyAdd(d, T.Load<S>((byte*)w.X + offset, i, w.Channels) - m, dot);
                        }
                        F32.Store<S>(sums, i, w.Channels, F32.Load<S>(sums, i, w.Channels) + sum);
                        F32.Store<S>(products, i, w.Channels, Vector512.FusedMultiplyAdd(dot, r, F32.Load<S>(products, i, w.Channels)));
                    }
                }
            }
        }
    }

    struct ApplyKernel<T> : IRangeKernel where T : struct, IElement
    {
        public Work W;

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public readonly void Run(long begin, long end)
        {
            if (W.Channels % 16 == 0) EachRow<Whole>(begin, end);
            else EachRow<Ragged>(begin, end);
        }

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        readonly void EachRow<S>(long begin, long end) where S : struct, IEnding
        {
            Work w = W;
            for (long block = begin, stop; block < end; block = stop)
            {
                stop = Math.Min(block + Block, end);
                for (long i = 0; i < w.Channels; i += 16)
                {
                    Vector512<float> a = F32.Load<S>(w.Factors, i, w.Channels), b = F32.Load<S>(w.Factors + w.Channels, i, w.Channels), c = F32.Load<S>(w.Factors + 2 * w.Channels, i, w.Channels);
                    for (long row = block; row < stop; row++)
                    {
                        long offset = row * w.Channels * T.Bytes;
                        Vector512<float> dx = Vector512.FusedMultiplyAdd(b, T.Load<S>((byte*)w.X + offset, i, w.Channels), c);
                        T.Store<S>((byte*)w.Dx + offset, i, w.Channels, Vector512.FusedMultiplyAdd(a, Passing<T, S>(w, offset, i), dx));
                    }
                }
            }
        }
    }
}
