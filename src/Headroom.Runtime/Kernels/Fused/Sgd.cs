using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Headroom.Runtime.LibTorch;

namespace Headroom.Runtime.Kernels.Fused;

/// <summary>Stochastic gradient descent with momentum and weight decay, one pass over each parameter, and the bf16 copy of the weight written on the way.</summary>
/// <remarks>As PyTorch's <c>SGD</c>: <c>g += decay · w</c>; <c>b = momentum · b + g</c>; <c>w -= lr · b</c>, or with Nesterov <c>w -= lr · (g + momentum · b)</c>.</remarks>
public static unsafe class Sgd
{
    /// <param name="weight">fp32 <c>[count]</c>, updated.</param>
    /// <param name="gradient"><c>[count]</c> of <paramref name="gradientType"/>.</param>
    /// <param name="gradientType">Storage of the gradient.</param>
    /// <param name="velocity">fp32 <c>[count]</c>: b, zero before the first step; null without momentum.</param>
    /// <param name="copy">Null, or bf16 <c>[count]</c>: the new weight, rounded.</param>
    /// <param name="count">Elements.</param>
    /// <param name="learningRate">lr.</param>
    /// <param name="momentum">Momentum.</param>
    /// <param name="decay">Weight decay, added to the gradient.</param>
    /// <param name="nesterov">Looks ahead (Sutskever et al., ICML 2013).</param>
    /// <param name="gradientScale">What the gradient is multiplied by first: for clipping, or loss scaling.</param>
    public static void Run(float* weight, void* gradient, ScalarType gradientType, float* velocity, ushort* copy, long count,
        double learningRate, double momentum, double decay, bool nesterov = false, double gradientScale = 1)
    {
        var work = new Work { Weight = weight, Gradient = gradient, Velocity = velocity, Copy = copy, Count = count, Rate = (float)learningRate, Momentum = (float)momentum, Decay = (float)decay, Scale = (float)gradientScale, Nesterov = nesterov };
        long blocks = (count + 15) / 16;
        if (Storage.IsBF16(gradientType)) Workers.For(new Kernel<BF16> { W = work }, blocks, 256);
        else Workers.For(new Kernel<F32> { W = work }, blocks, 256);
    }

    struct Work
    {
        public float* Weight, Velocity;
        public void* Gradient;
        public ushort* Copy;
        public long Count;
        public float Rate, Momentum, Decay, Scale;
        public bool Nesterov;
    }

    struct Kernel<T> : IRangeKernel where T : struct, IElement
    {
        public Work W;

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public readonly void Run(long begin, long end)
        {
            long last = Math.Min(end * 16, W.Count), whole = last / 16 * 16;
            Range<Whole>(begin * 16, whole);
            Range<Ragged>(whole, last);
        }

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        readonly void Range<S>(long begin, long n) where S : struct, IEnding
        {
            Work w = W;
            Vector512<float> rate = Vector512.Create(w.Rate), momentum = Vector512.Create(w.Momentum), decay = Vector512.Create(w.Decay), scale = Vector512.Create(w.Scale);
            for (long i = begin; i < n; i += 16)
            {
                Vector512<float> weight = F32.Load<S>(w.Weight, i, n);
                Vector512<float> g = Vector512.FusedMultiplyAdd(decay, weight, T.Load<S>(w.Gradient, i, n) * scale), change = g;
                if (w.Velocity != null)
                {
                    Vector512<float> velocity = Vector512.FusedMultiplyAdd(momentum, F32.Load<S>(w.Velocity, i, n), g);
                    F32.Store<S>(w.Velocity, i, n, velocity);
                    change = w.Nesterov ? Vector512.FusedMultiplyAdd(momentum, velocity, g) : velocity;
                }
                weight -= rate * change;
                F32.Store<S>(w.Weight, i, n, weight);
                if (w.Copy != null) BF16.Store<S>(w.Copy, i, n, weight);
            }
        }
    }
}
