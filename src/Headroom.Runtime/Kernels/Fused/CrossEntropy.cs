using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using Headroom.Runtime.LibTorch;

namespace Headroom.Runtime.Kernels.Fused;

/// <summary>Softmax cross-entropy of <c>[rows, classes]</c> logits with class indices: <c>loss = log Σ e^z - z[target]</c>, its gradient <c>softmax(z) - onehot(target)</c> over the logits themselves.</summary>
/// <remarks>ONNX <c>SoftmaxCrossEntropyLoss</c> without weights. A row whose target is <c>ignoreIndex</c> has loss 0 and gradient 0.
/// A target outside <c>[0, classes)</c> other than that gives a NaN loss and a gradient of 0, never a stray read.</remarks>
public static unsafe class CrossEntropy
{
    /// <summary>Loss and gradient in one visit to each row.</summary>
    /// <param name="logits"><c>[rows, classes]</c>; replaced by the gradient.</param>
    /// <param name="type">Storage of the logits.</param>
    /// <param name="targets"><c>[rows]</c> class indices.</param>
    /// <param name="losses"><c>[rows]</c>, one per row, not averaged.</param>
    /// <param name="rows">Rows.</param>
    /// <param name="classes">Classes.</param>
    /// <param name="scale">What the gradient is multiplied by: 1 / rows for the mean.</param>
    /// <param name="ignoreIndex">The target that takes no part.</param>
    public static void ForwardBackward(void* logits, ScalarType type, long* targets, float* losses, long rows, long classes, float scale, long ignoreIndex = -100)
    {
        // A row of exponentials for each thread, in fp32: they serve the sum, and once it is known the gradient.
        long parts = Math.Clamp(rows, 1, Workers.Pieces), stride = (classes + 31) / 16 * 16;
        float* exponentials = (float*)NativeMemory.AlignedAlloc((nuint)(parts * stride * sizeof(float)), 64);
        var work = new Work { Logits = logits, Targets = targets, Losses = losses, Classes = classes, Scale = scale, Ignore = ignoreIndex, Rows = rows, Parts = parts, Stride = stride, Exponentials = exponentials };
        if (Storage.IsBF16(type)) Workers.For(new JoinedKernel<BF16> { W = work }, parts);
        else Workers.For(new JoinedKernel<F32> { W = work }, parts);
        NativeMemory.AlignedFree(exponentials);
    }

    /// <summary>The loss alone, and each row's log-sum-exp for <see cref="Backward"/>; the logits stay.</summary>
    public static void Forward(void* logits, ScalarType type, long* targets, float* losses, float* logSumExp, long rows, long classes, long ignoreIndex = -100)
        => Run(new() { Logits = logits, Targets = targets, Losses = losses, LogSumExp = logSumExp, Classes = classes, Ignore = ignoreIndex, Forward = true }, type, rows);

    /// <summary>The gradient over the logits, from what <see cref="Forward"/> kept, multiplied by <paramref name="scale"/> and, where <paramref name="rowScale"/> (<c>[rows]</c>) is given, by the upstream gradient of each row's loss.</summary>
    public static void Backward(void* logits, ScalarType type, long* targets, float* logSumExp, float* rowScale, long rows, long classes, float scale, long ignoreIndex = -100)
        => Run(new() { Logits = logits, Targets = targets, LogSumExp = logSumExp, RowScale = rowScale, Classes = classes, Scale = scale, Ignore = ignoreIndex, Backward = true }, type, rows);

    struct Work
    {
        public void* Logits;
        public long* Targets;
        public float* Losses, LogSumExp, RowScale, Exponentials;
        public long Classes, Ignore, Rows, Parts, Stride;
        public float Scale;
        public bool Forward, Backward;
    }

    static void Run(Work work, ScalarType type, long rows)
    {
        if (Storage.IsBF16(type)) Workers.For(new Kernel<BF16> { W = work }, rows);
        else Workers.For(new Kernel<F32> { W = work }, rows);
    }

    struct Kernel<T> : IRangeKernel where T : struct, IElement
    {
        public Work W;

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public readonly void Run(long begin, long end)
        {
            for (long row = begin; row < end; row++)
            {
                byte* z = (byte*)W.Logits + row * W.Classes * T.Bytes;
                long target = W.Targets[row];
                bool known = target >= 0 && target < W.Classes;
                float logSum = W.Forward ? Rowwise<T>.LogSum(z, W.Classes) : W.LogSumExp[row];
                if (W.Forward)
                {
                    float loss = known ? logSum - T.Get(z, target) : float.NaN;
                    W.Losses[row] = target == W.Ignore ? 0 : loss;
                    if (W.LogSumExp != null) W.LogSumExp[row] = logSum;
                }
                if (!W.Backward) continue;
                float scale = W.RowScale == null ? W.Scale : W.Scale * W.RowScale[row];
                if (target == W.Ignore || !known) Rowwise<T>.Zero(z, W.Classes);
                else Rowwise<T>.Gradient(z, W.Classes, target, logSum, scale);
            }
        }
    }

    struct JoinedKernel<T> : IRangeKernel where T : struct, IElement
    {
        public Work W;

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public readonly void Run(long begin, long end)
        {
            for (long part = begin; part < end; part++)
                for (long row = W.Rows * part / W.Parts; row < W.Rows * (part + 1) / W.Parts; row++) Row(row, W.Exponentials + part * W.Stride);
        }

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        readonly void Row(long row, float* exponentials)
        {
            long n = W.Classes, target = W.Targets[row];
            byte* z = (byte*)W.Logits + row * n * T.Bytes;
            bool known = target >= 0 && target < n;
            if (target == W.Ignore || !known)
            {
                W.Losses[row] = target == W.Ignore ? 0 : float.NaN;
                Rowwise<T>.Zero(z, n);
                return;
            }
            float max = Rowwise<T>.Most(z, n), at = T.Get(z, target);
            if (float.IsInfinity(max))
            {
                W.Losses[row] = max - at;
                Rowwise<T>.Gradient(z, n, target, max, W.Scale);
                return;
            }
            float sum = Rowwise<T>.Sum(z, n, max, exponentials);
            W.Losses[row] = max + MathF.Log(sum) - at;
            Vector512<float> factor = Vector512.Create(W.Scale / sum);
            long whole = n / 16 * 16;
            for (long i = 0; i < whole; i += 16) T.Store<Whole>(z, i, n, F32.Load<Whole>(exponentials, i, n) * factor);
            if (whole < n) T.Store<Ragged>(z, whole, n, F32.Load<Ragged>(exponentials, whole, n) * factor);
            T.Set(z, target, (exponentials[target] / sum - 1) * W.Scale);
        }
    }

    /// <summary>One row of logits.</summary>
    static class Rowwise<T> where T : struct, IElement
    {
        public static float LogSum(byte* z, long n)
        {
            float max = Most(z, n);
            return float.IsInfinity(max) ? max : max + MathF.Log(Sum(z, n, max, null));
        }

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public static float Most(byte* z, long n)
        {
            // Whole vectors in the loops, the tail after them.
            long whole = n / 16 * 16;
            Vector512<float> most = Vector512.Create(float.NegativeInfinity), most2 = most;
            long i = 0;
            for (; i + 32 <= whole; i += 32)
            {
                most = Vector512.MaxNative(most, T.Load<Whole>(z, i, n));
                most2 = Vector512.MaxNative(most2, T.Load<Whole>(z, i + 16, n));
            }
            if (i < whole) most = Vector512.MaxNative(most, T.Load<Whole>(z, i, n));
            if (whole < n) most = Vector512.MaxNative(most, Vector512.ConditionalSelect(VectorMath.Mask<Ragged>(n - whole), T.Load<Ragged>(z, whole, n), most));
            return VectorMath.Max(Vector512.MaxNative(most, most2));
        }

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public static float Sum(byte* z, long n, float max, float* exponentials)
        {
            long whole = n / 16 * 16;
            Vector512<float> shift = Vector512.Create(max), sum = Vector512<float>.Zero, sum2 = sum;
            long i = 0;
            for (; i + 32 <= whole; i += 32)
            {
                Vector512<float> e = VectorMath.Exp(T.Load<Whole>(z, i, n) - shift), e2 = VectorMath.Exp(T.Load<Whole>(z, i + 16, n) - shift);
                sum += e;
                sum2 += e2;
                if (exponentials == null) continue;
                e.Store(exponentials + i);
                e2.Store(exponentials + i + 16);
            }
            for (; i < n; i += 16)
            {
                Vector512<float> e = VectorMath.Exp(T.Load<Ragged>(z, i, n) - shift) & VectorMath.Mask<Ragged>(n - i);
                sum += e;
                if (exponentials != null) F32.Store<Ragged>(exponentials, i, n, e);
            }
            return Vector512.Sum(sum + sum2);
        }

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public static void Gradient(byte* z, long n, long target, float logSum, float scale)
        {
            float at = T.Get(z, target);
            long whole = n / 16 * 16;
            Scaled<Whole>(z, 0, whole, logSum, scale);
            if (whole < n) Scaled<Ragged>(z, whole, n, logSum, scale);
            T.Set(z, target, (MathF.Exp(at - logSum) - 1) * scale);
        }

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        static void Scaled<S>(byte* z, long begin, long n, float logSum, float scale) where S : struct, IEnding
        {
            Vector512<float> shift = Vector512.Create(logSum), factor = Vector512.Create(scale);
            for (long i = begin; i < n; i += 16) T.Store<S>(z, i, n, VectorMath.Exp(T.Load<S>(z, i, n) - shift) * factor);
        }

        public static void Zero(byte* z, long n) => new Span<byte>(z, checked((int)(n * T.Bytes))).Clear();
    }
}
