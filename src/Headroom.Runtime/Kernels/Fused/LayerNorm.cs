using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Headroom.Runtime.LibTorch;

namespace Headroom.Runtime.Kernels.Fused;

/// <summary>Layer normalization over the last axis, <c>y = (x - mean) / √(variance + ε) · γ + β</c>, with the sum of the residual stream before it.</summary>
/// <remarks>Ba, Kiros and Hinton, arXiv:1607.06450; ONNX <c>LayerNormalization</c>. γ, β, mean and the reciprocal deviation are fp32. The backward pass is <see cref="LayerNormGradient"/>.</remarks>
public static unsafe class LayerNorm
{
    /// <summary><c>stream += branch + bias</c>, then its norm: the residual add, the branch's bias and the norm in one visit.</summary>
    /// <param name="stream"><c>[rows, columns]</c>: the input, and with a branch replaced by the sum.</param>
    /// <param name="streamType">Storage of the stream.</param>
    /// <param name="branch"><c>[rows, columns]</c> of <paramref name="type"/>, or null: nothing is added.</param>
    /// <param name="bias">fp32 <c>[columns]</c>, or null.</param>
    /// <param name="y"><c>[rows, columns]</c> of <paramref name="type"/>; may be the branch itself; or null: the sum or the statistics alone are wanted.</param>
    /// <param name="type">Storage of branch and y.</param>
    /// <param name="gamma">fp32 <c>[columns]</c>.</param>
    /// <param name="beta">fp32 <c>[columns]</c>, or null.</param>
    /// <param name="mean">fp32 <c>[rows]</c>, written, or null.</param>
    /// <param name="reciprocal">fp32 <c>[rows]</c>, written: <c>1 / √(variance + ε)</c>; or null.</param>
    /// <param name="rows">Rows.</param>
    /// <param name="columns">Columns.</param>
    /// <param name="epsilon">ε.</param>
    /// <param name="sum">Where the sum goes; null writes it over <paramref name="stream"/>.</param>
    public static void Forward(void* stream, ScalarType streamType, void* branch, float* bias, void* y, ScalarType type, float* gamma, float* beta,
        float* mean, float* reciprocal, long rows, long columns, float epsilon = 1e-5f, void* sum = null)
    {
        var work = new Work { Stream = stream, Sum = sum == null ? stream : sum, Branch = branch, Bias = bias, Y = y, Gamma = gamma, Beta = beta, Mean = mean, Reciprocal = reciprocal, Columns = columns, Epsilon = epsilon };
        Run(work, streamType, type, rows);
    }

    /// <summary>The norm again from the statistics that <see cref="Forward"/> kept, so that y need not live until the backward pass.</summary>
    public static void Recompute(void* stream, ScalarType streamType, void* y, ScalarType type, float* gamma, float* beta, float* mean, float* reciprocal, long rows, long columns)
        => Run(new() { Stream = stream, Sum = stream, Y = y, Gamma = gamma, Beta = beta, Mean = mean, Reciprocal = reciprocal, Columns = columns, Known = true }, streamType, type, rows);

    struct Work
    {
        public void* Stream, Sum, Branch, Y;
        public float* Bias, Gamma, Beta, Mean, Reciprocal;
        public long Columns;
        public float Epsilon;
        public bool Known;
    }

    static void Run(Work work, ScalarType streamType, ScalarType type, long rows)
    {
        switch (Storage.IsBF16(streamType), Storage.IsBF16(type))
        {
            case (false, false): Workers.For(new Kernel<F32, F32> { W = work }, rows, 8); break;
            case (false, true): Workers.For(new Kernel<F32, BF16> { W = work }, rows, 8); break;
            case (true, true): Workers.For(new Kernel<BF16, BF16> { W = work }, rows, 8); break;
            case (true, false): Workers.For(new Kernel<BF16, F32> { W = work }, rows, 8); break;
        }
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
            float* gamma = W.Gamma, beta = W.Beta;
            long n = W.Columns;
            for (long row = begin; row < end; row++)
            {
                byte* x = (byte*)W.Stream + row * n * TStream.Bytes;
                float mean, reciprocal;
                if (W.Known) (mean, reciprocal) = (W.Mean[row], W.Reciprocal[row]);
                else
                {
                    byte* sum = (byte*)W.Sum + row * n * TStream.Bytes;
                    if (W.Branch != null) Add<S>(x, (byte*)W.Branch + row * n * T.Bytes, sum, n);
                    x = W.Branch != null ? sum : x;
                    if (W.Y == null && W.Mean == null && W.Reciprocal == null) continue;
                    (mean, reciprocal) = Statistics<S>(x, n, W.Epsilon);
                    if (W.Mean != null) W.Mean[row] = mean;
                    if (W.Reciprocal != null) W.Reciprocal[row] = reciprocal;
                }
                if (W.Y == null) continue;
                byte* y = (byte*)W.Y + row * n * T.Bytes;
                Vector512<float> m = Vector512.Create(mean), r = Vector512.Create(reciprocal);
                for (long i = 0; i < n; i += 16)
                {
                    Vector512<float> scaled = (TStream.Load<S>(x, i, n) - m) * r * F32.Load<S>(gamma, i, n);
                    T.Store<S>(y, i, n, beta == null ? scaled : scaled + F32.Load<S>(beta, i, n));
                }
            }
        }

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        readonly void Add<S>(byte* x, byte* branch, byte* sum, long n) where S : struct, IEnding
        {
            for (long i = 0; i < n; i += 16)
            {
                Vector512<float> v = TStream.Load<S>(x, i, n) + T.Load<S>(branch, i, n);
                TStream.Store<S>(sum, i, n, W.Bias == null ? v : v + F32.Load<S>(W.Bias, i, n));
            }
        }

        // Twice over the row, which lies in the first cache: the variance of values far from zero keeps its digits.
        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        static (float Mean, float Reciprocal) Statistics<S>(byte* x, long n, float epsilon) where S : struct, IEnding
        {
            Vector512<float> sum = Vector512<float>.Zero;
            for (long i = 0; i < n; i += 16) sum += TStream.Load<S>(x, i, n);
            float mean = Vector512.Sum(sum) / n;
            Vector512<float> m = Vector512.Create(mean), squares = Vector512<float>.Zero;
            for (long i = 0; i < n; i += 16)
            {
                Vector512<float> centred = (TStream.Load<S>(x, i, n) - m) & VectorMath.Mask<S>(n - i);
                squares = Vector512.FusedMultiplyAdd(centred, centred, squares);
            }
            return (mean, 1 / MathF.Sqrt(Vector512.Sum(squares) / n + epsilon));
        }
    }
}
