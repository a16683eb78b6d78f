using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Headroom.Runtime.LibTorch;

namespace Headroom.Runtime.Kernels.Fused;

/// <summary>Softmax over the last axis of attention scores <c>[batch, queries, keys]</c>, in place, scaled, causal where asked, and its gradient.</summary>
/// <remarks>Between two batched products this is attention: Vaswani et al., arXiv:1706.03762, eq. 1. With <c>causal</c>, query q sees the keys up to q + keys - queries; the others get weight 0.
/// A row that sees no key at all is all zeros.</remarks>
public static unsafe class Softmax
{
    /// <summary><c>scores = softmax(scale · scores + mask)</c>.</summary>
    /// <param name="scores"><c>[batch, queries, keys]</c>, in place.</param>
    /// <param name="type">Storage.</param>
    /// <param name="batch">Batch times heads.</param>
    /// <param name="queries">Rows of each matrix.</param>
    /// <param name="keys">Columns of each matrix.</param>
    /// <param name="scale">Usually <c>1 / √width</c>.</param>
    /// <param name="causal">Later keys are hidden.</param>
    /// <param name="mask">Null, or fp32 <c>[batch, mask queries, keys]</c> repeated <paramref name="maskRepeats"/> times along the batch, added to each row: -∞ hides a key.</param>
    /// <param name="maskRepeats">How many neighbouring matrices share a row of the mask: the heads.</param>
    /// <param name="maskQueries">1 where all queries of a matrix share a row of the mask, or <paramref name="queries"/>.</param>
    public static void Forward(void* scores, ScalarType type, long batch, long queries, long keys, float scale, bool causal, float* mask = null, long maskRepeats = 1, long maskQueries = 1)
    {
        var work = new Work { P = scores, Queries = queries, Keys = keys, Scale = scale, Causal = causal, Mask = mask, Repeats = maskRepeats, MaskQueries = maskQueries };
        if (Storage.IsBF16(type)) Workers.For(new ForwardKernel<BF16> { W = work }, batch * queries, 16);
        else Workers.For(new ForwardKernel<F32> { W = work }, batch * queries, 16);
    }

    /// <summary><c>ds = scale · p · (dp - Σ dp·p)</c>, over <paramref name="gradient"/>: from what <see cref="Forward"/> left and the gradient of the probabilities, that of the unscaled scores; both <c>[batch, queries, keys]</c>.</summary>
    public static void Backward(void* probabilities, void* gradient, ScalarType type, long batch, long queries, long keys, float scale, bool causal)
    {
        var work = new Work { P = probabilities, D = gradient, Queries = queries, Keys = keys, Scale = scale, Causal = causal };
        if (Storage.IsBF16(type)) Workers.For(new BackwardKernel<BF16> { W = work }, batch * queries, 16);
        else Workers.For(new BackwardKernel<F32> { W = work }, batch * queries, 16);
    }

    struct Work
    {
        public void* P, D;
        public float* Mask;
        public long Queries, Keys, Repeats, MaskQueries;
        public float Scale;
        public bool Causal;

        public readonly long Visible(long row) => Causal ? Math.Clamp(row % Queries + 1 + Keys - Queries, 0, Keys) : Keys;
    }

    struct ForwardKernel<T> : IRangeKernel where T : struct, IElement
    {
        public Work W;

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public readonly void Run(long begin, long end)
        {
            // A causal row reads on past its last visible key: what lies there within the row is masked off.
            if (W.Keys % 16 == 0) EachRow<Whole>(begin, end);
            else EachRow<Ragged>(begin, end);
        }

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        readonly void EachRow<S>(long begin, long end) where S : struct, IEnding
        {
            Vector512<float> scale = Vector512.Create(W.Scale), floor = Vector512.Create(float.NegativeInfinity);
            for (long row = begin; row < end; row++)
            {
                byte* p = (byte*)W.P + row * W.Keys * T.Bytes;
                float* mask = W.Mask == null ? null : W.Mask + (row / W.Queries / W.Repeats * W.MaskQueries + (W.MaskQueries == 1 ? 0 : row % W.Queries)) * W.Keys;
                long n = W.Visible(row);
                Vector512<float> most = floor;
                for (long i = 0; i < n; i += 16)
                    most = Vector512.MaxNative(most, Vector512.ConditionalSelect(VectorMath.Mask<Ragged>(n - i), Score<S>(p, mask, scale, i, n), floor));
                float max = VectorMath.Max(most);
                Vector512<float> shift = Vector512.Create(float.IsNegativeInfinity(max) ? 0 : max), sum = Vector512<float>.Zero;
                for (long i = 0; i < n; i += 16) sum += VectorMath.Exp(Score<S>(p, mask, scale, i, n) - shift) & VectorMath.Mask<Ragged>(n - i);
                float total = Vector512.Sum(sum);
                Vector512<float> norm = Vector512.Create(total > 0 ? 1 / total : total == 0 ? 0 : float.NaN);
                // The exponential again rather than a pass through storage: bf16 would round it twice.
                for (long i = 0; i < n; i += 16) T.Store<S>(p, i, n, VectorMath.Exp(Score<S>(p, mask, scale, i, n) - shift) * norm);
                new Span<byte>(p + n * T.Bytes, (int)((W.Keys - n) * T.Bytes)).Clear();
            }
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        static Vector512<float> Score<S>(byte* p, float* mask, Vector512<float> scale, long i, long n) where S : struct, IEnding
        {
            Vector512<float> score = T.Load<S>(p, i, n) * scale;
            return mask == null ? score : score + F32.Load<S>(mask, i, n);
        }
    }

    struct BackwardKernel<T> : IRangeKernel where T : struct, IElement
    {
        public Work W;

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public readonly void Run(long begin, long end)
        {
            // A causal row reads on past its last visible key: what lies there within the row is masked off.
            if (W.Keys % 16 == 0) EachRow<Whole>(begin, end);
            else EachRow<Ragged>(begin, end);
        }

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        readonly void EachRow<S>(long begin, long end) where S : struct, IEnding
        {
            Vector512<float> scale = Vector512.Create(W.Scale);
            for (long row = begin; row < end; row++)
            {
                byte* p = (byte*)W.P + row * W.Keys * T.Bytes, d = (byte*)W.D + row * W.Keys * T.Bytes;
                long n = W.Visible(row);
                Vector512<float> sum = Vector512<float>.Zero;
                for (long i = 0; i < n; i += 16) sum = Vector512.FusedMultiplyAdd(T.Load<S>(p, i, n), T.Load<S>(d, i, n), sum);
                Vector512<float> dot = Vector512.Create(Vector512.Sum(sum));
                for (long i = 0; i < n; i += 16) T.Store<S>(d, i, n, T.Load<S>(p, i, n) * scale * (T.Load<S>(d, i, n) - dot));
                new Span<byte>(d + n * T.Bytes, (int)((W.Keys - n) * T.Bytes)).Clear();
            }
        }
    }
}
