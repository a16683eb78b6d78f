using System.Runtime.Intrinsics;
using Headroom.Runtime.LibTorch;

namespace Headroom.Runtime.Kernels.Fused;

/// <summary>The backward pass of <see cref="LayerNorm"/>: adds its gradient to the residual stream's, and takes the column sums that γ, β and the branch's bias need, in one visit.</summary>
public static unsafe class LayerNormGradient
{
    /// <summary>
    /// With <c>g = dy · γ</c> and <c>x̂ = (x - mean) · r</c>: <c>dx = r · (g - mean(g) - x̂ · mean(g · x̂))</c>; <c>stream += dx</c>.
    /// </summary>
    /// <param name="dy"><c>[rows, columns]</c> of <paramref name="type"/>: the gradient of the norm's output.</param>
    /// <param name="type">Storage of <paramref name="dy"/> and <paramref name="branch"/>.</param>
    /// <param name="x"><c>[rows, columns]</c> of <paramref name="streamType"/>: what was normalized.</param>
    /// <param name="stream"><c>[rows, columns]</c> of <paramref name="streamType"/>: the residual stream's gradient, added to; or, with <paramref name="accumulate"/> false, written.</param>
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
    /// <param name="accumulate">Whether <paramref name="stream"/> holds a gradient already.</param>
    public static void Run(void* dy, ScalarType type, void* x, void* stream, ScalarType streamType, void* branch, float* gamma, float* mean, float* reciprocal,
        float* gammaGradient, float* betaGradient, float* biasGradient, long rows, long columns, bool accumulate = true)
    {
        using var parts = new Partials(rows, columns, kinds: 3, grain: 8);
        var work = new Work { Dy = dy, X = x, Stream = stream, Branch = branch, Gamma = gamma, Mean = mean, Reciprocal = reciprocal, Columns = columns, Bias = biasGradient != null, Accumulate = accumulate, Parts = parts };
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
        public void* Dy, X, Stream, Branch;
        public float* Gamma, Mean, Reciprocal;
        public long Columns;
        public bool Bias, Accumulate;
        public Partials Parts;
    }

    struct Kernel<TStream, T> : IRangeKernel where TStream : struct, IElement where T : struct, IElement
    {
        public Work W;

        public readonly void Run(long begin, long end)
        {
            for (long part = begin; part < end; part++)
            {
                (long first, long last) = W.Parts.RowsOf(part);
                for (long row = first; row < last; row++) Row(row, W.Parts.At(part, 0), W.Parts.At(part, 1), W.Parts.At(part, 2));
            }
        }

        readonly void Row(long row, float* gammaSums, float* betaSums, float* biasSums)
        {
            long n = W.Columns;
            byte* dy = (byte*)W.Dy + row * n * T.Bytes, x = (byte*)W.X + row * n * TStream.Bytes, stream = (byte*)W.Stream + row * n * TStream.Bytes;
            byte* branch = W.Branch == null ? null : (byte*)W.Branch + row * n * T.Bytes;
            Vector512<float> m = Vector512.Create(W.Mean[row]), r = Vector512.Create(W.Reciprocal[row]);
            Vector512<float> sum = Vector512<float>.Zero, dot = sum;
            for (long i = 0; i < n; i += 16)
            {
                Vector512<float> d = T.Load(dy, i, n), normal = (TStream.Load(x, i, n) - m) * r, g = d * F32.Load(W.Gamma, i, n);
                F32.Store(gammaSums, i, n, Vector512.FusedMultiplyAdd(d, normal, F32.Load(gammaSums, i, n)));
                F32.Store(betaSums, i, n, F32.Load(betaSums, i, n) + d);
                sum += g;
                dot = Vector512.FusedMultiplyAdd(g, normal, dot);
            }
            Vector512<float> a = Vector512.Create(Vector512.Sum(sum) / n), b = Vector512.Create(Vector512.Sum(dot) / n);
            for (long i = 0; i < n; i += 16)
            {
                Vector512<float> normal = (TStream.Load(x, i, n) - m) * r, g = T.Load(dy, i, n) * F32.Load(W.Gamma, i, n);
                Vector512<float> dx = r * (g - a - normal * b);
                if (W.Accumulate) dx += TStream.Load(stream, i, n);
                TStream.Store(stream, i, n, dx);
                if (branch != null) T.Store(branch, i, n, dx);
                if (W.Bias) F32.Store(biasSums, i, n, F32.Load(biasSums, i, n) + dx);
            }
        }
    }
}
