using System.Buffers.Binary;
using System.Security.Cryptography;

namespace Headroom.Audit.Duplicates;

/// <summary>
/// Signatures as datasketch computes them, for corpora that were signed with it. It multiplies in 64 bits that wrap before the modulus is taken, so that its permutations are none: ours (<see cref="MinHash"/>) are.
/// </summary>
public static class DatasketchSignature
{
    private const ulong MersennePrime = (1UL << 61) - 1, MostHash = (1UL << 32) - 1;

    /// <summary>The signature of tokens by given coefficients.</summary>
    /// <param name="tokens">As bytes; hashed by the first four bytes of SHA-1, low end first.</param>
    /// <param name="a">Multipliers, one a permutation.</param>
    /// <param name="b">Addends, as many.</param>
    public static uint[] Of(IEnumerable<byte[]> tokens, ReadOnlySpan<ulong> a, ReadOnlySpan<ulong> b)
    {
        ArgumentNullException.ThrowIfNull(tokens);
        if (a.Length != b.Length) throw new ArgumentException($"there are {a.Length} multipliers and {b.Length} addends", nameof(b));
        var least = new uint[a.Length];
        Array.Fill(least, uint.MaxValue);
        Span<byte> digest = stackalloc byte[SHA1.HashSizeInBytes];
        foreach (byte[] token in tokens)
        {
#pragma warning disable CA5350 // what datasketch hashes with
            SHA1.HashData(token, digest);
#pragma warning restore CA5350
            ulong hash = BinaryPrimitives.ReadUInt32LittleEndian(digest);
            for (int i = 0; i < least.Length; i++) least[i] = Math.Min(least[i], (uint)(unchecked((hash * a[i]) + b[i]) % MersennePrime & MostHash));
        }
        return least;
    }
}
