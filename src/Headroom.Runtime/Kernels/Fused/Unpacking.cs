using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using Headroom.Graph.Operators;
using Headroom.Runtime.LibTorch;

namespace Headroom.Runtime.Kernels.Fused;

/// <summary>Weights out of blocks of bytes or half bytes (see <see cref="BlockPacking"/>).</summary>
public static unsafe class Unpacking
{
    // For each byte the two NF4 values that its halves stand for, the upper one first.
    private static readonly float* Pairs = MakePairs();

    /// <summary><c>y[i] = value(packed[i]) · scales[i / 64]</c>.</summary>
    /// <param name="code">What the packed elements stand for.</param>
    /// <param name="packed">Bytes.</param>
    /// <param name="scales">fp32, one for each block.</param>
    /// <param name="target"><paramref name="count"/> elements of <paramref name="type"/>, written.</param>
    /// <param name="type">Storage of the target.</param>
    /// <param name="count">Elements.</param>
    public static void Run(BlockCode code, byte* packed, float* scales, void* target, ScalarType type, long count)
    {
        long blocks = (count + BlockPacking.Block - 1) / BlockPacking.Block;
        if (Storage.IsBF16(type)) Workers.For(new Kernel<BF16> { Nibbles = code == BlockCode.Nf4, Packed = packed, Scales = scales, Target = target, Count = count, Pairs = Pairs }, blocks, 256);
        else Workers.For(new Kernel<F32> { Nibbles = code == BlockCode.Nf4, Packed = packed, Scales = scales, Target = target, Count = count, Pairs = Pairs }, blocks, 256);
    }

    private static float* MakePairs()
    {
        float* pairs = (float*)NativeMemory.AlignedAlloc(256 * 2 * sizeof(float), 64);
        for (int b = 0; b < 256; b++) (pairs[2 * b], pairs[(2 * b) + 1]) = (BlockPacking.Nf4[b >> 4], BlockPacking.Nf4[b & 15]);
        return pairs;
    }

    private struct Kernel<T> : IRangeKernel where T : struct, IElement
    {
        public bool Nibbles;
        public byte* Packed;
        public float* Scales, Pairs;
        public void* Target;
        public long Count;

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public readonly void Run(long begin, long end)
        {
            float* values = stackalloc float[BlockPacking.Block];
            for (long block = begin; block < end; block++)
            {
                long first = block * BlockPacking.Block, n = Math.Min(Count, first + BlockPacking.Block);
                Vector512<float> scale = Vector512.Create(Nibbles ? Scales[block] : Scales[block] * (1f / 127));
                if (Nibbles)
                {
                    ulong* two = (ulong*)values;
                    byte* bytes = Packed + first / 2;
                    long whole = (n - first + 1) / 2;
                    for (long i = 0; i < whole; i++) two[i] = ((ulong*)Pairs)[bytes[i]];
                }
                else
                {
                    sbyte* bytes = (sbyte*)Packed + first;
                    for (long i = 0; i < n - first; i++) values[i] = bytes[i];
                }
                for (long i = first; i < n; i += 16) T.Store<Ragged>(Target, i, n, Vector512.Load(values + (i - first)) * scale);
            }
        }
    }
}
