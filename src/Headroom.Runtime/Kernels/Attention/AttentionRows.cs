using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Headroom.Graph;
using Headroom.Graph.Operators;
using Headroom.Runtime.Kernels.Fused;
using Headroom.Runtime.LibTorch;

namespace Headroom.Runtime.Kernels.Attention;

/// <summary>What stands between the products of the general kernel, row by row: cap, mask, softmax, and their gradients.</summary>
internal unsafe struct AttentionRows
{
    public AttentionShape Shape;
    public bool Causal, LogSumExpIsDouble;
    public long Left, Right;
    public float Cap;
    public AttentionScores Kind;
    public ElementType? Precision;

    /// <summary>Keys of each sequence that are no padding, or null.</summary>
    public long* Nonpad;

    /// <summary>What is added to the scores, -∞ hides, or null; strides in elements, 0 where it is broadcast.</summary>
    public byte* Mask;
    public long MaskBatch, MaskHead, MaskQuery, MaskKey;

    /// <summary>All scores, in the state asked for, and the gradient by them; null where nobody wants them.</summary>
    public byte* ScoresOut, ScoresGradient;

    /// <summary><c>[batch, queries, heads]</c>, or null.</summary>
    public byte* LogSumExp;

    /// <summary><c>[batch, heads, queries, mask's keys]</c>, or null.</summary>
    public byte* MaskGradient;

    /// <summary>From scores to weights, in place.</summary>
    public readonly void Forward(Block block, AttentionSpace space)
    {
        long rows = block.Groups * block.Rows, grain = Math.Max(1, 4096 / Math.Max(Shape.Keys, 1));
        if (space.Size == 8) Workers.For(new ForwardKernel<double> { R = this, B = block, Space = space }, rows, grain);
        else Workers.For(new ForwardKernel<float> { R = this, B = block, Space = space }, rows, grain);
    }

    /// <summary>From weights and their gradients to the gradients of the unscaled scores, in the place of the latter.</summary>
    public readonly void Backward(Block block, AttentionSpace space)
    {
        long rows = block.Groups * block.Rows, grain = Math.Max(1, 4096 / Math.Max(Shape.Keys, 1));
        if (space.Size == 8) Workers.For(new BackwardKernel<double> { R = this, B = block, Space = space }, rows, grain);
        else Workers.For(new BackwardKernel<float> { R = this, B = block, Space = space }, rows, grain);
    }

    /// <summary>Sequence, head and query of a block's row.</summary>
    private readonly (long Batch, long Head, long Query) Place(Block block, long row)
    {
        long group = block.Group + row / block.Rows, r = block.Row + row % block.Rows;
        return (group / Shape.KeyHeads, group % Shape.KeyHeads * Shape.Group + r / Shape.Queries, r % Shape.Queries);
    }

    /// <summary>The keys that a query may see, before the mask.</summary>
    private readonly (long Low, long High) Seen(long batch, long query)
    {
        long low = 0, high = Shape.MaskKeys, offset = Shape.Past;
        if (Nonpad != null)
        {
            long valid = Math.Clamp(Nonpad[batch], 0, Shape.Keys);
            high = Math.Min(high, valid);
            offset = valid - Shape.Queries;
        }
        long at = query + offset;
        if (Causal) high = Math.Min(high, at + 1);
        // Bounds beyond any length are cut, so that nothing overflows.
        if (Right >= 0) high = Math.Min(high, at + Math.Min(Right, 1L << 40) + 1);
        if (Left >= 0) low = Math.Max(low, at - Math.Min(Left, 1L << 40));
        high = Math.Max(high, 0);
        return (Math.Min(low, high), high);
    }

    private struct ForwardKernel<T> : IRangeKernel where T : unmanaged, IFloatingPointIeee754<T>
    {
        public AttentionRows R;
        public Block B;
        public AttentionSpace Space;

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public readonly void Run(long begin, long end)
        {
            long keys = R.Shape.Keys;
            T cap = T.CreateTruncating(R.Cap);
            for (long row = begin; row < end; row++)
            {
                (long b, long h, long q) = R.Place(B, row);
                (long low, long high) = R.Seen(b, q);
                T* s = (T*)Space.S + row * keys, mask = R.Mask == null ? null : (T*)R.Mask + b * R.MaskBatch + h * R.MaskHead + q * R.MaskQuery;
                T* all = R.ScoresOut == null ? null : (T*)R.ScoresOut + ((b * R.Shape.Heads + h) * R.Shape.Queries + q) * keys;
                if (R.Kind == AttentionScores.Raw) Show(s, all, keys);
                if (R.Cap > 0)
                {
                    T* slope = Space.Slopes == null ? null : (T*)Space.Slopes + row * keys;
                    for (long k = 0; k < keys; k++)
                    {
                        T t = T.Tanh(s[k] / cap);
                        s[k] = cap * t;
                        if (slope != null) slope[k] = T.One - t * t;
                    }
                }
                if (R.Kind == AttentionScores.Capped) Show(s, all, keys);
                for (long k = 0; k < low; k++) s[k] = T.NegativeInfinity;
                for (long k = high; k < keys; k++) s[k] = T.NegativeInfinity;
                if (mask != null)
                    for (long k = low; k < high; k++)
                    {
                        // A hidden key is hidden whatever its score is: ∞ - ∞ would be NaN.
                        T m = mask[k * R.MaskKey];
                        s[k] = T.IsNegativeInfinity(m) ? m : s[k] + m;
                    }
                if (R.Kind == AttentionScores.Masked) Show(s, all, keys);
                if (R.Precision is ElementType.Float16 or ElementType.BFloat16) Round(s + low, high - low);
                T logSum = Normalize(s + low, high - low, R.Precision == ElementType.Float64);
                for (long k = 0; k < low; k++) s[k] = T.Zero;
                for (long k = high; k < keys; k++) s[k] = T.Zero;
                if (R.Precision is ElementType.Float16 or ElementType.BFloat16) Round(s + low, high - low);
                if (R.Kind == AttentionScores.Weights) Show(s, all, keys);
                if (R.LogSumExp == null) continue;
                long at = (b * R.Shape.Queries + q) * R.Shape.Heads + h;
                if (R.LogSumExpIsDouble) ((double*)R.LogSumExp)[at] = double.CreateTruncating(logSum);
                else ((float*)R.LogSumExp)[at] = float.CreateTruncating(logSum);
            }
        }

        private static void Show(T* s, T* all, long keys)
        {
            if (all != null) new ReadOnlySpan<T>(s, (int)keys).CopyTo(new Span<T>(all, (int)keys));
        }

        private readonly void Round(T* s, long n)
        {
            bool half = R.Precision == ElementType.Float16;
            for (long k = 0; k < n; k++)
                s[k] = half ? T.CreateTruncating((Half)float.CreateTruncating(s[k])) : T.CreateTruncating(BitConverter.UInt32BitsToSingle((uint)Numbers.ToBFloat16(float.CreateTruncating(s[k])) << 16));
        }

        /// <summary>Softmax in place; zeros where no key is seen. Gives the log of the sum of exponentials.</summary>
        private static T Normalize(T* s, long n, bool inDouble)
        {
            T most = T.NegativeInfinity;
            for (long k = 0; k < n; k++) if (s[k] > most) most = s[k];
            if (T.IsNegativeInfinity(most))
            {
                // Nothing but hidden keys, or NaN, which shows.
                for (long k = 0; k < n; k++) s[k] = T.IsNaN(s[k]) ? s[k] : T.Zero;
                return most;
            }
            if (typeof(T) == typeof(float) && !inDouble) return T.CreateTruncating(Exponentials((float*)s, n, float.CreateTruncating(most)));
            double top = double.CreateTruncating(most), sum = 0;
            for (long k = 0; k < n; k++) sum += Math.Exp(double.CreateTruncating(s[k]) - top);
            for (long k = 0; k < n; k++) s[k] = T.CreateTruncating(Math.Exp(double.CreateTruncating(s[k]) - top) / sum);
            return T.CreateTruncating(top + Math.Log(sum));
        }

        private static float Exponentials(float* s, long n, float most)
        {
            Vector512<float> shift = Vector512.Create(most), sums = Vector512<float>.Zero;
            long k = 0;
            for (; k + 16 <= n; k += 16)
            {
                Vector512<float> e = VectorMath.Exp(Vector512.Load(s + k) - shift);
                e.Store(s + k);
                sums += e;
            }
            float sum = Vector512.Sum(sums);
            for (; k < n; k++) sum += s[k] = MathF.Exp(s[k] - most);
            float factor = 1 / sum;
            Vector512<float> factors = Vector512.Create(factor);
            for (k = 0; k + 16 <= n; k += 16) (Vector512.Load(s + k) * factors).Store(s + k);
            for (; k < n; k++) s[k] *= factor;
            return most + MathF.Log(sum);
        }
    }

    private struct BackwardKernel<T> : IRangeKernel where T : unmanaged, IFloatingPointIeee754<T>
    {
        public AttentionRows R;
        public Block B;
        public AttentionSpace Space;

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public readonly void Run(long begin, long end)
        {
            long keys = R.Shape.Keys;
            for (long row = begin; row < end; row++)
            {
                (long b, long h, long q) = R.Place(B, row);
                (long low, long high) = R.Seen(b, q);
                long at = (b * R.Shape.Heads + h) * R.Shape.Queries + q;
                T* p = (T*)Space.S + row * keys, d = (T*)Space.D + row * keys, slope = Space.Slopes == null ? null : (T*)Space.Slopes + row * keys;
                T* shown = R.ScoresGradient == null ? null : (T*)R.ScoresGradient + at * keys, mask = R.Mask == null ? null : (T*)R.Mask + b * R.MaskBatch + h * R.MaskHead + q * R.MaskQuery;
                if (shown != null && R.Kind == AttentionScores.Weights) for (long k = low; k < high; k++) d[k] += shown[k];
                T dot = T.Zero;
                for (long k = low; k < high; k++) dot += p[k] * d[k];
                for (long k = low; k < high; k++) d[k] = p[k] * (d[k] - dot);
                for (long k = 0; k < low; k++) d[k] = T.Zero;
                for (long k = high; k < keys; k++) d[k] = T.Zero;
                if (shown != null && R.Kind == AttentionScores.Masked)
                    for (long k = low; k < high; k++) if (mask == null || !T.IsNegativeInfinity(mask[k * R.MaskKey])) d[k] += shown[k];
                if (R.MaskGradient != null) new ReadOnlySpan<T>(d, (int)R.Shape.MaskKeys).CopyTo(new Span<T>((T*)R.MaskGradient + at * R.Shape.MaskKeys, (int)R.Shape.MaskKeys));
                if (shown != null && R.Kind == AttentionScores.Capped) for (long k = 0; k < keys; k++) d[k] += shown[k];
                if (slope != null) for (long k = 0; k < keys; k++) d[k] *= slope[k];
                if (shown != null && R.Kind == AttentionScores.Raw) for (long k = 0; k < keys; k++) d[k] += shown[k];
            }
        }
    }
}
