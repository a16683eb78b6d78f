using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Headroom.Audit.Duplicates;

/// <summary>
/// Signatures of sets: of each of so many permutations of all hashes, the least that the set has. Two sets agree at a place with the probability of their Jaccard index.
/// </summary>
/// <remarks>Broder, "On the resemblance and containment of documents", 1997. The permutations are <c>a h + b</c> of 32-bit numbers with odd a, which are bijections; the hashes are mixed well before.</remarks>
public sealed class MinHash
{
    // Vectors of signature that stay in registers while a set goes by: with as many of a and b they fill the sixteen of AVX2.
    private const int Held = 4;
    private readonly uint[] _a, _b;

    /// <summary>Draws permutations.</summary>
    /// <param name="permutations">How many; at least 1.</param>
    /// <param name="seed">Of the draw.</param>
    public MinHash(int permutations, int seed = 1)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(permutations, 1);
        Permutations = permutations;
        // Whole groups of vectors are computed; what lies beyond the permutations asked for is dropped.
        int padded = (permutations + Block - 1) / Block * Block;
        (_a, _b) = (new uint[padded], new uint[padded]);
        ulong state = (ulong)(uint)seed;
        for (int i = 0; i < padded; i++)
        {
            ulong drawn = WordHashes.Mixed(state += 0x9E3779B97F4A7C15);
            (_a[i], _b[i]) = ((uint)drawn | 1, (uint)(drawn >> 32));
        }
    }

    /// <summary>How many.</summary>
    public int Permutations { get; }

    private static int Block => Held * Vector<uint>.Count;

    /// <summary>The signature of a set; all ones of an empty one.</summary>
    /// <param name="set">Hashes, each as often as you like.</param>
    /// <param name="signature"><see cref="Permutations"/> elements.</param>
    public void Sign(ReadOnlySpan<ulong> set, Span<uint> signature)
    {
        if (signature.Length != Permutations) throw new ArgumentException($"a signature has {Permutations} elements, not {signature.Length}", nameof(signature));
        Span<uint> block = stackalloc uint[Block];
        for (int from = 0; from < Permutations; from += Block)
        {
            bool whole = from + Block <= Permutations;
            SignBlock(set, from, whole ? signature.Slice(from, Block) : block);
            if (!whole) block[..(Permutations - from)].CopyTo(signature[from..]);
        }
    }

    private void SignBlock(ReadOnlySpan<ulong> set, int from, Span<uint> least)
    {
        ref uint a = ref MemoryMarshal.GetArrayDataReference(_a), b = ref MemoryMarshal.GetArrayDataReference(_b);
        int n = Vector<uint>.Count;
        Vector<uint> a0 = At(ref a, from), a1 = At(ref a, from + n), a2 = At(ref a, from + (2 * n)), a3 = At(ref a, from + (3 * n));
        Vector<uint> b0 = At(ref b, from), b1 = At(ref b, from + n), b2 = At(ref b, from + (2 * n)), b3 = At(ref b, from + (3 * n));
        Vector<uint> m0 = Vector<uint>.AllBitsSet, m1 = m0, m2 = m0, m3 = m0;
        foreach (ulong hash in set)
        {
            var h = new Vector<uint>((uint)hash);
            m0 = Vector.Min(m0, (a0 * h) + b0);
            m1 = Vector.Min(m1, (a1 * h) + b1);
            m2 = Vector.Min(m2, (a2 * h) + b2);
            m3 = Vector.Min(m3, (a3 * h) + b3);
        }
        m0.CopyTo(least);
        m1.CopyTo(least[n..]);
        m2.CopyTo(least[(2 * n)..]);
        m3.CopyTo(least[(3 * n)..]);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector<uint> At(ref uint array, int index) => Unsafe.ReadUnaligned<Vector<uint>>(ref Unsafe.As<uint, byte>(ref Unsafe.Add(ref array, index)));
}
