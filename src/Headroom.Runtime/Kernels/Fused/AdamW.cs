using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Headroom.Runtime.LibTorch;

namespace Headroom.Runtime.Kernels.Fused;

/// <summary>Adam with decoupled weight decay, one pass over each parameter, and the bf16 copy of the weight written on the way.</summary>
/// <remarks>
/// Loshchilov and Hutter, arXiv:1711.05101, algorithm 2, as PyTorch's <c>AdamW</c>: <c>w -= lr·decay·w</c>; <c>m = β₁ m + (1-β₁) g</c>; <c>v = β₂ v + (1-β₂) g²</c>;
/// <c>w -= lr / (1-β₁ᵗ) · m / (√(v / (1-β₂ᵗ)) + ε)</c>.
/// </remarks>
public static unsafe class AdamW
{
    /// <param name="weight">fp32 <c>[count]</c>, updated.</param>
    /// <param name="gradient"><c>[count]</c> of <paramref name="gradientType"/>.</param>
    /// <param name="gradientType">Storage of the gradient.</param>
    /// <param name="m">fp32 <c>[count]</c>: the first moment, zero before the first step.</param>
    /// <param name="v">fp32 <c>[count]</c>: the second moment, zero before the first step.</param>
    /// <param name="copy">Null, or bf16 <c>[count]</c>: the new weight, rounded.</param>
    /// <param name="count">Elements.</param>
    /// <param name="step">This step's number t, from 1.</param>
    /// <param name="learningRate">lr.</param>
    /// <param name="beta1">β₁.</param>
    /// <param name="beta2">β₂.</param>
    /// <param name="epsilon">ε.</param>
    /// <param name="decay">Weight decay.</param>
    /// <param name="gradientScale">What the gradient is multiplied by first: for clipping, or loss scaling.</param>
    public static void Run(float* weight, void* gradient, ScalarType gradientType, float* m, float* v, ushort* copy, long count,
        long step, double learningRate, double beta1, double beta2, double epsilon, double decay, double gradientScale = 1)
    {
        var work = new Work
        {
            Weight = weight, Gradient = gradient, M = m, V = v, Copy = copy, Count = count,
            Keep = (float)(1 - learningRate * decay), Beta1 = (float)beta1, Beta2 = (float)beta2, Rest1 = (float)(1 - beta1), Rest2 = (float)(1 - beta2),
            Epsilon = (float)epsilon, Scale = (float)gradientScale,
            Rate = (float)(learningRate / (1 - Math.Pow(beta1, step))), Root = (float)(1 / Math.Sqrt(1 - Math.Pow(beta2, step))),
        };
        // Blocks of 16, so that no two threads share a vector.
        long blocks = (count + 15) / 16;
        if (Storage.IsBF16(gradientType)) Workers.For(new Kernel<BF16> { W = work }, blocks, 256);
        else Workers.For(new Kernel<F32> { W = work }, blocks, 256);
    }

    struct Work
    {
        public float* Weight, M, V;
        public void* Gradient;
        public ushort* Copy;
        public long Count;
        public float Keep, Beta1, Beta2, Rest1, Rest2, Epsilon, Rate, Root, Scale;
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
            Vector512<float> keep = Vector512.Create(w.Keep), beta1 = Vector512.Create(w.Beta1), beta2 = Vector512.Create(w.Beta2), rest1 = Vector512.Create(w.Rest1), rest2 = Vector512.Create(w.Rest2);
            Vector512<float> epsilon = Vector512.Create(w.Epsilon), rate = Vector512.Create(w.Rate), root = Vector512.Create(w.Root), scale = Vector512.Create(w.Scale);
            for (long i = begin; i < n; i += 16)
            {
                Vector512<float> g = T.Load<S>(w.Gradient, i, n) * scale;
                Vector512<float> m = Vector512.FusedMultiplyAdd(beta1, F32.Load<S>(w.M, i, n), rest1 * g);
                Vector512<float> v = Vector512.FusedMultiplyAdd(beta2, F32.Load<S>(w.V, i, n), rest2 * g * g);
                F32.Store<S>(w.M, i, n, m);
                F32.Store<S>(w.V, i, n, v);
                Vector512<float> weight = F32.Load<S>(w.Weight, i, n) * keep - rate * m / (Vector512.Sqrt(v) * root + epsilon);
                F32.Store<S>(w.Weight, i, n, weight);
                if (w.Copy != null) BF16.Store<S>(w.Copy, i, n, weight);
            }
        }
    }
}
