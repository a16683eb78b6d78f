using System.Buffers.Binary;
using System.Numerics;
using System.Security.Cryptography;

namespace Headroom.Audit.Duplicates;

/// <summary>Fingerprints of 64 bits that lie near each other where sets of features do.</summary>
/// <remarks>Charikar, "Similarity estimation techniques from rounding algorithms", STOC 2002; a feature's bits are the first eight bytes of its SHA-1, low end first, as common tools have it. No secret rests on it.</remarks>
public static class SimHash
{
    /// <summary>The fingerprint of features: a bit is set where more of them have it than lack it.</summary>
    /// <param name="features">Each as bytes; one that comes twice counts twice.</param>
    public static ulong Of(IEnumerable<byte[]> features)
    {
        ArgumentNullException.ThrowIfNull(features);
        Span<int> sums = stackalloc int[64];
        Span<byte> digest = stackalloc byte[SHA1.HashSizeInBytes];
        sums.Clear();
        foreach (byte[] feature in features)
        {
#pragma warning disable CA5350 // a fingerprint that others' tools share, not a signature
            SHA1.HashData(feature, digest);
#pragma warning restore CA5350
            ulong bits = BinaryPrimitives.ReadUInt64LittleEndian(digest);
            for (int i = 0; i < 64; i++) sums[i] += (bits >> i & 1) == 1 ? 1 : -1;
        }
        ulong all = 0;
        for (int i = 0; i < 64; i++) if (sums[i] > 0) all |= 1UL << i;
        return all;
    }

    /// <summary>Bits in which two fingerprints differ.</summary>
    /// <param name="a">One.</param>
    /// <param name="b">The other.</param>
    public static int Distance(ulong a, ulong b) => BitOperations.PopCount(a ^ b);
}
