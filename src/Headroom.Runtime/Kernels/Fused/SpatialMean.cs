using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Headroom.Runtime.LibTorch;

namespace Headroom.Runtime.Kernels.Fused;

/// <summary>Mean over the positions of channels-last images (or of a sequence): <c>[batch, positions, channels]</c> to <c>[batch, channels]</c>, and back.</summary>
/// <remarks>ONNX <c>GlobalAveragePool</c>, <c>ReduceMean</c>.</remarks>
public static unsafe class SpatialMean
{
    /// <summary><c>mean[b, c] = Σ_p x[b, p, c] / positions</c>.</summary>
    public static void Forward(void* x, void* mean, ScalarType type, long batch, long positions, long channels)
    {
        if (Storage.IsBF16(type)) Workers.For(new ForwardKernel<BF16> { X = x, Mean = mean, Positions = positions, Channels = channels }, batch);
        else Workers.For(new ForwardKernel<F32> { X = x, Mean = mean, Positions = positions, Channels = channels }, batch);
    }

    /// <summary><c>dx[b, p, c] = gradient[b, c] / positions</c>.</summary>
    public static void Backward(void* gradient, void* dx, ScalarType type, long batch, long positions, long channels)
    {
        if (Storage.IsBF16(type)) Workers.For(new BackwardKernel<BF16> { Gradient = gradient, Dx = dx, Positions = positions, Channels = channels }, batch);
        else Workers.For(new BackwardKernel<F32> { Gradient = gradient, Dx = dx, Positions = positions, Channels = channels }, batch);
    }

    struct ForwardKernel<T> : IRangeKernel where T : struct, IElement
    {
        public void* X, Mean;
        public long Positions, Channels;

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public readonly void Run(long begin, long end)
        {
            if (Channels % 16 == 0) EachRow<Whole>(begin, end);
            else EachRow<Ragged>(begin, end);
        }

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        readonly void EachRow<S>(long begin, long end) where S : struct, IEnding
        {
            Vector512<float> share = Vector512.Create(1f / Positions);
            for (long image = begin; image < end; image++)
                for (long i = 0; i < Channels; i += 16)
                {
                    Vector512<float> sum = Vector512<float>.Zero;
                    for (long p = 0; p < Positions; p++) sum += T.Load<S>((byte*)X + (image * Positions + p) * Channels * T.Bytes, i, Channels);
                    T.Store<S>((byte*)Mean + image * Channels * T.Bytes, i, Channels, sum * share);
                }
        }
    }

    struct BackwardKernel<T> : IRangeKernel where T : struct, IElement
    {
        public void* Gradient, Dx;
        public long Positions, Channels;

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public readonly void Run(long begin, long end)
        {
            if (Channels % 16 == 0) EachRow<Whole>(begin, end);
            else EachRow<Ragged>(begin, end);
        }

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        readonly void EachRow<S>(long begin, long end) where S : struct, IEnding
        {
            Vector512<float> share = Vector512.Create(1f / Positions);
            for (long image = begin; image < end; image++)
                for (long i = 0; i < Channels; i += 16)
                {
                    Vector512<float> g = T.Load<S>((byte*)Gradient + image * Channels * T.Bytes, i, Channels) * share;
                    for (long p = 0; p < Positions; p++) T.Store<S>((byte*)Dx + (image * Positions + p) * Channels * T.Bytes, i, Channels, g);
                }
        }
    }
}
