using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using Headroom.Runtime.LibTorch;

namespace Headroom.Runtime.Kernels.Fused;

/// <summary>AdamW over moments in 8 bits, a block of 256 at a time: read, updated and rounded again while they are in the first cache, so that memory sees them as bytes alone.</summary>
/// <remarks>Dettmers et al., arXiv:2110.02861, section 2; what a code stands for is <see cref="DynamicCode"/>'s. A block is one thread's, so the bits don't depend on their number.</remarks>
public static unsafe class AdamW8Bit
{
    private const int Block = Graph.Operators.AdamW8Bit.Block;

    // 0's code: what stands behind a last block's end.
    private const byte SignedZero = 127;

    /// <param name="weight">fp32 <c>[count]</c>, updated.</param>
    /// <param name="gradient"><c>[count]</c> of <paramref name="gradientType"/>.</param>
    /// <param name="gradientType">Storage of the gradient.</param>
    /// <param name="m">The first moment's codes, <c>[count]</c>.</param>
    /// <param name="mMost">Its blocks' maxima, zero before the first step.</param>
    /// <param name="v">The second moment's codes, <c>[count]</c>.</param>
    /// <param name="vMost">Its blocks' maxima, zero before the first step.</param>
    /// <param name="count">Elements.</param>
    /// <param name="step">This step's number t, from 1.</param>
    /// <param name="learningRate">lr.</param>
    /// <param name="beta1">β₁.</param>
    /// <param name="beta2">β₂.</param>
    /// <param name="epsilon">ε.</param>
    /// <param name="decay">Weight decay.</param>
    /// <param name="gradientScale">What the gradient is multiplied by first: for clipping, or loss scaling.</param>
    public static void Run(float* weight, void* gradient, ScalarType gradientType, byte* m, float* mMost, byte* v, float* vMost, long count,
        long step, double learningRate, double beta1, double beta2, double epsilon, double decay, double gradientScale = 1)
    {
        var work = new Work
        {
            Weight = weight, Gradient = gradient, M = m, V = v, MMost = mMost, VMost = vMost, Count = count,
            Keep = (float)(1 - learningRate * decay), Beta1 = (float)beta1, Beta2 = (float)beta2, Rest1 = (float)(1 - beta1), Rest2 = (float)(1 - beta2),
            Epsilon = (float)epsilon, Scale = (float)gradientScale,
            Rate = (float)(learningRate / (1 - Math.Pow(beta1, step))), Root = (float)(1 / Math.Sqrt(1 - Math.Pow(beta2, step))),
        };
        long blocks = (count + Block - 1) / Block;
        if (Storage.IsBF16(gradientType)) Workers.For(new Kernel<BF16> { W = work }, blocks, 16);
        else Workers.For(new Kernel<F32> { W = work }, blocks, 16);
    }

    struct Work
    {
        public float* Weight, MMost, VMost;
        public byte* M, V;
        public void* Gradient;
        public long Count;
        public float Keep, Beta1, Beta2, Rest1, Rest2, Epsilon, Rate, Root, Scale;
    }

    struct Kernel<T> : IRangeKernel where T : struct, IElement
    {
        public Work W;

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public readonly void Run(long begin, long end)
        {
            float* moments = stackalloc float[2 * Block];
            for (long block = begin; block < end; block++)
            {
                long at = block * Block, n = Math.Min(Block, W.Count - at);
                if (n == Block) One<Whole>(block, n, W.M + at, W.V + at, moments);
                else Last(block, n, W.M + at, W.V + at, moments);
            }
        }

        /// <summary>A block that isn't full, its codes brought to where there is room for a full one.</summary>
        [MethodImpl(MethodImplOptions.NoInlining)]
        readonly void Last(long block, long n, byte* m, byte* v, float* moments)
        {
            byte* codes = stackalloc byte[2 * Block];
            new Span<byte>(codes, Block).Fill(SignedZero);
            new Span<byte>(codes + Block, Block).Clear();
            NativeMemory.Copy(m, codes, (nuint)n);
            NativeMemory.Copy(v, codes + Block, (nuint)n);
            One<Ragged>(block, n, codes, codes + Block, moments);
            NativeMemory.Copy(codes, m, (nuint)n);
            NativeMemory.Copy(codes + Block, v, (nuint)n);
        }

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        readonly void One<S>(long block, long n, byte* mCodes, byte* vCodes, float* moments) where S : struct, IEnding
        {
            Work w = W;
            float* weights = w.Weight + block * Block, second = moments + Block;
            byte* gradient = (byte*)w.Gradient + block * Block * T.Bytes;
            Vector512<float> keep = Vector512.Create(w.Keep), rest1 = Vector512.Create(w.Rest1), rest2 = Vector512.Create(w.Rest2), epsilon = Vector512.Create(w.Epsilon), rate = Vector512.Create(w.Rate), root = Vector512.Create(w.Root), scale = Vector512.Create(w.Scale);
            Vector512<float> mMost = Vector512<float>.Zero, vMost = mMost;
            // The maximum and the moment's share are one factor.
            DynamicCode.Decode<SignedMap>(mCodes, moments, Block, w.Beta1 * w.MMost[block]);
            DynamicCode.Decode<UnsignedMap>(vCodes, second, Block, w.Beta2 * w.VMost[block]);
            for (long i = 0; i < n; i += 16)
            {
                Vector512<float> g = T.Load<S>(gradient, i, n) * scale;
                Vector512<float> m = Vector512.FusedMultiplyAdd(rest1, g, Vector512.Load(moments + i));
                Vector512<float> v = Vector512.FusedMultiplyAdd(rest2 * g, g, Vector512.Load(second + i));
                m.Store(moments + i);
                v.Store(second + i);
                mMost = Vector512.MaxNative(Vector512.Abs(m), mMost);
                vMost = Vector512.MaxNative(v, vMost);
                F32.Store<S>(weights, i, n, F32.Load<S>(weights, i, n) * keep - rate * m / (Vector512.Sqrt(v) * root + epsilon));
            }
            DynamicCode.Encode<SignedMap>(moments, mCodes, Block, Inverse(mMost, w.MMost + block));
            DynamicCode.Encode<UnsignedMap>(second, vCodes, Block, Inverse(vMost, w.VMost + block));
        }

        /// <summary>Keeps the largest, and gives one over it. A maximum too small for that (below 1.2e-38) is kept as 0: what it belongs to is far below any ε.</summary>
        static float Inverse(Vector512<float> most, float* kept)
        {
            float largest = 0;
            for (int k = 0; k < 16; k++) largest = MathF.Max(largest, most.GetElement(k));
            *kept = largest < 1.17549435e-38f ? 0 : largest;
            return *kept == 0 ? 0 : 1 / largest;
        }
    }
}
