using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using Headroom.Runtime.LibTorch;

namespace Headroom.Runtime.Kernels.Fused;

/// <summary>Batch normalization of channels-last images, seen as <c>[rows, channels]</c> with rows = batch · height · width, with the residual add and the ReLU after it.</summary>
/// <remarks>Ioffe and Szegedy, arXiv:1502.03167; ONNX <c>BatchNormalization</c> in training mode, running statistics as PyTorch keeps them (unbiased variance). The backward pass is <see cref="BatchNormGradient"/>.</remarks>
public static unsafe class BatchNorm
{
    const int Block = 128;

    /// <summary><c>y = relu((x - mean) / √(variance + ε) · γ + β + residual)</c>, statistics over the rows.</summary>
    /// <param name="x"><c>[rows, channels]</c>.</param>
    /// <param name="residual">Null, or <c>[rows, channels]</c>, added before the ReLU.</param>
    /// <param name="y"><c>[rows, channels]</c>; may be <paramref name="residual"/>, or <paramref name="x"/> where x is not needed again.</param>
    /// <param name="type">Storage of all three.</param>
    /// <param name="gamma">fp32 <c>[channels]</c>.</param>
    /// <param name="beta">fp32 <c>[channels]</c>.</param>
    /// <param name="mean">fp32 <c>[channels]</c>, written.</param>
    /// <param name="reciprocal">fp32 <c>[channels]</c>, written: <c>1 / √(variance + ε)</c>.</param>
    /// <param name="runningMean">fp32 <c>[channels]</c>, moved towards the mean; or null.</param>
    /// <param name="runningVariance">fp32 <c>[channels]</c>, moved towards the unbiased variance; or null.</param>
    /// <param name="rows">Rows.</param>
    /// <param name="channels">Channels.</param>
    /// <param name="relu">Whether negative results become 0.</param>
    /// <param name="momentum">How far the running statistics move.</param>
    /// <param name="epsilon">ε.</param>
    public static void Forward(void* x, void* residual, void* y, ScalarType type, float* gamma, float* beta, float* mean, float* reciprocal,
        float* runningMean, float* runningVariance, long rows, long channels, bool relu, float momentum = 0.1f, float epsilon = 1e-5f)
    {
        Statistics(x, type, mean, reciprocal, runningMean, runningVariance, rows, channels, momentum, epsilon);
        Apply(x, residual, y, type, gamma, beta, mean, reciprocal, rows, channels, relu);
    }

    /// <summary>The second half of <see cref="Forward"/>, from known statistics: for evaluation, or to make y again.</summary>
    public static void Apply(void* x, void* residual, void* y, ScalarType type, float* gamma, float* beta, float* mean, float* reciprocal, long rows, long channels, bool relu)
    {
        float* scale = (float*)NativeMemory.Alloc((nuint)channels * 2, sizeof(float)), shift = scale + channels;
        for (long c = 0; c < channels; c++)
        {
            scale[c] = gamma[c] * reciprocal[c];
            shift[c] = beta[c] - mean[c] * scale[c];
        }
        if (Storage.IsBF16(type)) Workers.For(new ApplyKernel<BF16> { X = x, Residual = residual, Y = y, Scale = scale, Shift = shift, Channels = channels, Relu = relu }, rows, 64);
        else Workers.For(new ApplyKernel<F32> { X = x, Residual = residual, Y = y, Scale = scale, Shift = shift, Channels = channels, Relu = relu }, rows, 64);
        NativeMemory.Free(scale);
    }

    static void Statistics(void* x, ScalarType type, float* mean, float* reciprocal, float* runningMean, float* runningVariance, long rows, long channels, float momentum, float epsilon)
    {
        int parts = (int)Math.Clamp(rows / Block, 1, Workers.Pieces);
        // For each part: mean and sum of squares so far in double, then two fp32 rows of scratch for the block at hand.
        nuint stride = (nuint)channels * 24 + 128;
        byte* memory = (byte*)NativeMemory.AlignedAlloc(stride * (nuint)parts, 64);
        NativeMemory.Clear(memory, stride * (nuint)parts);
        if (Storage.IsBF16(type)) Workers.For(new StatisticsKernel<BF16> { X = x, Memory = memory, Stride = (long)stride, Rows = rows, Channels = channels, Parts = parts }, parts);
        else Workers.For(new StatisticsKernel<F32> { X = x, Memory = memory, Stride = (long)stride, Rows = rows, Channels = channels, Parts = parts }, parts);
        for (long c = 0; c < channels; c++)
        {
            double average = 0, squares = 0, seen = 0;
            for (int part = 0; part < parts; part++)
            {
                double* means = (double*)(memory + (long)stride * part);
                double n = rows * (part + 1) / parts - rows * part / parts, delta = means[c] - average;
                squares += means[channels + c] + delta * delta * seen * n / (seen + n);
                average += delta * n / (seen + n);
                seen += n;
            }
            mean[c] = (float)average;
            reciprocal[c] = (float)(1 / Math.Sqrt(squares / rows + epsilon));
            if (runningMean != null) runningMean[c] += momentum * ((float)average - runningMean[c]);
            if (runningVariance != null) runningVariance[c] += momentum * ((float)(squares / Math.Max(rows - 1, 1)) - runningVariance[c]);
        }
        NativeMemory.AlignedFree(memory);
    }

    struct StatisticsKernel<T> : IRangeKernel where T : struct, IElement
    {
        public void* X;
        public byte* Memory;
        public long Stride, Rows, Channels, Parts;

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public readonly void Run(long begin, long end)
        {
            if (Channels % 16 == 0) EachRow<Whole>(begin, end);
            else EachRow<Ragged>(begin, end);
        }

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        readonly void EachRow<S>(long begin, long end) where S : struct, IEnding
        {
            for (long part = begin; part < end; part++)
            {
                double* means = (double*)(Memory + Stride * part), squares = means + Channels;
                float* blockMean = (float*)(squares + Channels), blockSquares = blockMean + Channels;
                long first = Rows * part / Parts, last = Rows * (part + 1) / Parts;
                for (long row = first; row < last; row += Block)
                {
                    long count = Math.Min(Block, last - row);
                    OneBlock<S>((byte*)X + row * Channels * T.Bytes, count, blockMean, blockSquares);
                    // Chan, Golub and LeVeque, 1979: two groups' means and squares into one.
                    double seen = row - first, all = seen + count, share = count / all, cross = seen * share;
                    for (long c = 0; c < Channels; c++)
                    {
                        double delta = blockMean[c] - means[c];
                        squares[c] += blockSquares[c] + delta * delta * cross;
                        means[c] += delta * share;
                    }
                }
            }
        }

        // Twice over a block that lies in the first cache.
        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        readonly void OneBlock<S>(byte* x, long count, float* mean, float* squares) where S : struct, IEnding
        {
            long step = Channels * T.Bytes;
            Vector512<float> share = Vector512.Create(1f / count);
            for (long i = 0; i < Channels; i += 16)
            {
                Vector512<float> a = Vector512<float>.Zero, b = a;
                byte* at = x;
                long row = 0;
                for (; row + 2 <= count; row += 2, at += 2 * step)
                {
                    a += T.Load<S>(at, i, Channels);
                    b += T.Load<S>(at + step, i, Channels);
                }
                if (row < count) a += T.Load<S>(at, i, Channels);
                Vector512<float> m = (a + b) * share;
                F32.Store<S>(mean, i, Channels, m);
                a = b = Vector512<float>.Zero;
                at = x;
                for (row = 0; row + 2 <= count; row += 2, at += 2 * step)
                {
                    Vector512<float> u = T.Load<S>(at, i, Channels) - m, v = T.Load<S>(at + step, i, Channels) - m;
                    a = Vector512.FusedMultiplyAdd(u, u, a);
                    b = Vector512.FusedMultiplyAdd(v, v, b);
                }
                if (row < count)
                {
                    Vector512<float> u = T.Load<S>(at, i, Channels) - m;
                    a = Vector512.FusedMultiplyAdd(u, u, a);
                }
                F32.Store<S>(squares, i, Channels, a + b);
            }
        }
    }

    struct ApplyKernel<T> : IRangeKernel where T : struct, IElement
    {
        public void* X, Residual, Y;
        public float* Scale, Shift;
        public long Channels;
        public bool Relu;

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public readonly void Run(long begin, long end)
        {
            if (Channels % 16 == 0) EachRow<Whole>(begin, end);
            else EachRow<Ragged>(begin, end);
        }

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        readonly void EachRow<S>(long begin, long end) where S : struct, IEnding
        {
            // By blocks of rows that stay in the first cache, so that every line comes from memory once.
            Vector512<float> floor = Vector512.Create(Relu ? 0 : float.NegativeInfinity);
            byte* xs = (byte*)X, residuals = (byte*)Residual, ys = (byte*)Y;
            long n = Channels, step = n * T.Bytes;
            for (long block = begin; block < end; block += 32)
                for (long i = 0; i < n; i += 16)
                {
                    Vector512<float> scale = F32.Load<S>(Scale, i, n), shift = F32.Load<S>(Shift, i, n);
                    long last = Math.Min(block + 32, end);
                    for (long row = block; row < last; row++)
                    {
                        Vector512<float> v = Vector512.FusedMultiplyAdd(T.Load<S>(xs + row * step, i, n), scale, shift);
                        if (residuals != null) v += T.Load<S>(residuals + row * step, i, n);
                        T.Store<S>(ys + row * step, i, n, Vector512.MaxNative(floor, v));
                    }
                }
        }
    }
}
