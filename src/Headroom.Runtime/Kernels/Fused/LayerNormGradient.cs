using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Headroom.Runtime.LibTorch;

namespace Headroom.Runtime.Kernels.Fused;

/// <summary>The backward pass of <see cref="LayerNorm"/>: adds its gradient to the residual stream's, and takes the column sums that γ, β and the branch's bias need, in one visit.</summary>
public static unsafe class LayerNormGradient
{
    /// <summary>
    /// With <c>g = dy · γ</c> and <c>x̂ = (x - mean) · r</c>: <c>dx = r · (g - mean(g) - x̂ · mean(g · x̂))</c>; <c>stream = before + dx</c>.
    /// </summary>
    /// <param name="dy"><c>[rows, columns]</c> of <paramref name="type"/>: the gradient of the norm's output.</param>
    /// <param name="type">Storage of <paramref name="dy"/> and <paramref name="branch"/>.</param>
    /// <param name="x"><c>[rows, columns]</c> of <paramref name="streamType"/>: what was normalized.</param>
    /// <param name="stream"><c>[rows, columns]</c> of <paramref name="streamType"/>: the residual stream's gradient, written.</param>
    /// <param name="streamType">Storage of the stream and its gradient.</param>
    /// <param name="branch">Null, or <c>[rows, columns]</c> of <paramref name="type"/>: the sum again, in the branch's storage, for the products to come; may be <paramref name="dy"/>.</param>
    /// <param name="gamma">fp32 <c>[columns]</c>.</param>
    /// <param name="mean">fp32 <c>[rows]</c>.</param>
    /// <param name="reciprocal">fp32 <c>[rows]</c>.</param>
    /// <param name="gammaGradient">fp32 <c>[columns]</c>, written.</param>
    /// <param name="betaGradient">fp32 <c>[columns]</c>, written, or null.</param>
    /// <param name="biasGradient">fp32 <c>[columns]</c>, written: column sums of the new stream gradient; or null.</param>
    /// <param name="rows">Rows.</param>
    /// <param name="columns">Columns.</param>
    /// <param name="before">Null, or <c>[rows, columns]</c> of <paramref name="streamType"/>: the gradient that the stream has already; may be <paramref name="stream"/>.</param>
    public static void Run(void* dy, ScalarType type, void* x, void* stream, ScalarType streamType, void* branch, float* gamma, float* mean, float* reciprocal,
        float* gammaGradient, float* betaGradient, float* biasGradient, long rows, long columns, void* before)
    {
        using var parts = new Partials(rows, columns, kinds: 3, grain: 8);
        var work = new Work { Dy = dy, X = x, Stream = stream, Branch = branch, Gamma = gamma, Mean = mean, Reciprocal = reciprocal, Columns = columns, Bias = biasGradient != null, Before = before, Parts = parts };
        switch (Storage.IsBF16(streamType), Storage.IsBF16(type))
        {
            case (false, false): Workers.For(new Kernel<F32, F32> { W = work }, parts.Count); break;
            case (false, true): Workers.For(new Kernel<F32, BF16> { W = work }, parts.Count); break;
            case (true, true): Workers.For(new Kernel<BF16, BF16> { W = work }, parts.Count); break;
            case (true, false): Workers.For(new Kernel<BF16, F32> { W = work }, parts.Count); break;
        }
        parts.Into(0, gammaGradient);
        parts.Into(1, betaGradient);
        parts.Into(2, biasGradient);
    }

    struct Work
    {
        public void* Dy, X, Stream, Before, Branch;
        public float* Gamma, Mean, Reciprocal;
        public long Columns;
        public bool Bias;
        public Partials Parts;
    }

    struct Kernel<TStream, T> : IRangeKernel where TStream : struct, IElement where T : struct, IElement
    {
        public Work W;

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public readonly void Run(long begin, long end)
        {
            if (W.Columns % 16 == 0) EachRow<Whole>(begin, end);
            else EachRow<Ragged>(begin, end);
        }

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        readonly void EachRow<S>(long begin, long end) where S : struct, IEnding
        {
            for (long part = begin; part < end; part++)
            {
                (long first, long last) = W.Parts.RowsOf(part);
                for (long row = first; row < last; row++) Row<S>(row, W.Parts.At(part, 0), W.Parts.At(part, 1), W.Parts.At(part, 2));
            }
        }

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        readonly void Row<S>(long row, float* gammaSums, float* betaSums, float* biasSums) where S : struct, IEnding
        {
            Work w = W; // in registers: through this, every store might change it
            long n = w.Columns;
            byte* dy = (byte*)w.Dy + row * n * T.Bytes, x = (byte*)w.X + row * n * TStream.Bytes, stream = (byte*)w.Stream + row * n * TStream.Bytes;
            byte* before = w.Before == null ? null : (byte*)w.Before + row * n * TStream.Bytes;
            byte* branch = w.Branch == null ? null : (byte*)w.Branch + row * n * T.Bytes;
            Vector512<float> m = Vector512.Create(w.Mean[row]), r = Vector512.Create(w.Reciprocal[row]);
            Vector512<float> sum = Vector512<float>.Zero, dot = sum;
            for (long i = 0; i < n; i += 16)
            {
                Vector512<float> d = T.Load<S>(dy, i, n), normal = (TStream.Load<S>(x, i, n) - m) * r, g = d * F32.Load<S>(w.Gamma, i, n);
                F32.Store<S>(gammaSums, i, n, Vector512.FusedMultiplyAdd(d, normal, F32.Load<S>(gammaSums, i, n)));
                F32.Store<S>(betaSums, i, n, F32.Load<S>(betaSums, i, n) + d);
                sum += g;
                dot = Vector512.FusedMultiplyAdd(g, normal, dot);
            }
            Vector512<float> a = Vector512.Create(Vector512.Sum(sum) / n), b = Vector512.Create(Vector512.Sum(dot) / n);
            for (long i = 0; i < n; i += 16)
            {
                Vector512<float> normal = (TStream.Load<S>(x, i, n) - m) * r, g = T.Load<S>(dy, i, n) * F32.Load<S>(w.Gamma, i, n);
                Vector512<float> dx = r * (g - a - normal * b);
                if (before != null) dx += TStream.Load<S>(before, i, n);
                TStream.Store<S>(stream, i, n, dx);
                if (branch != null) T.Store<S>(branch, i, n, dx);
                if (w.Bias) F32.Store<S>(biasSums, i, n, F32.Load<S>(biasSums, i, n) + dx);
            }
        }
    }
}
