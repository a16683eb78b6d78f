using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Headroom.Evidence.Randomness;

public readonly partial struct Philox
{
    private const int Lanes = 8, Wide = 4 * Lanes;

    /// <summary>The words at <paramref name="position"/> and behind; the same as <see cref="UInt32At"/> gives one by one.</summary>
    public void FillUInt32(Span<uint> words, ulong position = 0)
    {
        int i = 0;
        for (; i < words.Length && ((position + (uint)i) & 3) != 0; i++) words[i] = UInt32At(position + (uint)i);
        if (Avx2.IsSupported)
        {
            for (; i + Wide <= words.Length; i += Wide) WideBlocks((position + (uint)i) >> 2, words.Slice(i, Wide));
        }
        for (; i + 4 <= words.Length; i += 4) (words[i], words[i + 1], words[i + 2], words[i + 3]) = Block((position + (uint)i) >> 2);
        for (; i < words.Length; i++) words[i] = UInt32At(position + (uint)i);
    }

    /// <summary>Uniform numbers in [low, high): <c>low + (high - low) · UniformAt(position + i)</c>, kept below high where that rounds up to it.</summary>
    /// <exception cref="ArgumentException">The bounds are not finite, are out of order, or lie further apart than a float can say.</exception>
    public void FillUniform(Span<float> values, ulong position = 0, float low = 0, float high = 1)
    {
        if (!float.IsFinite(high - low) || low > high) throw new ArgumentException($"No uniform numbers lie in [{low}, {high}).");
        if (low == high)
        {
            values.Fill(low);
            return;
        }
        // The words go where the floats will stand: both take four bytes.
        FillUInt32(MemoryMarshal.Cast<float, uint>(values), position);
        float range = high - low, top = MathF.BitDecrement(high);
        int i = 0;
        if (Vector256.IsHardwareAccelerated)
        {
            for (; i + Lanes <= values.Length; i += Lanes)
            {
                Vector256<int> words = Vector256.ShiftRightLogical(Vector256.Create<float>(values.Slice(i, Lanes)).AsUInt32(), 8).AsInt32();
                Vector256<float> unit = Vector256.ConvertToSingle(words) * UnitStep;
                Vector256.Min((unit * range) + Vector256.Create(low), Vector256.Create(top)).CopyTo(values.Slice(i, Lanes));
            }
        }
        for (; i < values.Length; i++)
        {
            float unit = (BitConverter.SingleToUInt32Bits(values[i]) >> 8) * UnitStep;
            values[i] = MathF.Min((unit * range) + low, top);
        }
    }

    /// <summary>Normal numbers: those at positions 2k and 2k + 1 are made from the words there (Box and Muller 1958), so each follows from its position alone.</summary>
    /// <exception cref="ArgumentException">Mean or standard deviation is not finite, or the latter is negative.</exception>
    public void FillNormal(Span<float> values, ulong position = 0, float mean = 0, float standardDeviation = 1)
    {
        if (!float.IsFinite(mean) || !float.IsFinite(standardDeviation) || standardDeviation < 0)
        {
            throw new ArgumentException($"There is no normal distribution of mean {mean} and standard deviation {standardDeviation}.");
        }
        Span<uint> words = stackalloc uint[256];
        for (int done = 0; done < values.Length;)
        {
            ulong from = position + (uint)done;
            int skip = (int)(from & 1);
            int count = Math.Min(values.Length - done, words.Length - skip);
            int drawn = (skip + count + 1) & ~1;
            FillUInt32(words[..drawn], from - (uint)skip);
            for (int j = 0; j < drawn; j += 2)
            {
                // In (0, 1), so that the logarithm is finite: at most 6.66 standard deviations come out.
                double u = (words[j] + 0.5) * (1.0 / 4294967296.0);
                double radius = Math.Sqrt(-2 * Math.Log(u));
                (double sine, double cosine) = Math.SinCos(2 * Math.PI / 4294967296.0 * words[j + 1]);
                int at = done + j - skip;
                if (j >= skip) values[at] = (float)(mean + (standardDeviation * radius * cosine));
                if (j + 1 - skip < count) values[at + 1] = (float)(mean + (standardDeviation * radius * sine));
            }
            done += count;
        }
    }

    /// <summary>Eight blocks at once: a vector holds one word of the counter for each of them.</summary>
    private void WideBlocks(ulong block, Span<uint> words)
    {
        Vector256<uint> c0, c1;
        if ((uint)block <= uint.MaxValue - (Lanes - 1))
        {
            c0 = Vector256.Create((uint)block) + Vector256.Create(0u, 1, 2, 3, 4, 5, 6, 7);
            c1 = Vector256.Create((uint)(block >> 32));
        }
        else
        {
            for (int b = 0; b < Lanes; b++) (words[4 * b], words[(4 * b) + 1], words[(4 * b) + 2], words[(4 * b) + 3]) = Block(block + (uint)b);
            return;
        }
        Vector256<uint> c2 = Vector256.Create((uint)Stream), c3 = Vector256.Create((uint)(Stream >> 32));
        Vector256<uint> m0 = Vector256.Create(Multiplier0), m1 = Vector256.Create(Multiplier1);
        uint k0 = (uint)Seed, k1 = (uint)(Seed >> 32);
        for (int round = 0; round < Rounds; round++)
        {
            (Vector256<uint> high0, Vector256<uint> low0) = Multiply(c0, m0);
            (Vector256<uint> high1, Vector256<uint> low1) = Multiply(c2, m1);
            (c0, c1, c2, c3) = (high1 ^ c1 ^ Vector256.Create(k0), low1, high0 ^ c3 ^ Vector256.Create(k1), low0);
            k0 += Weyl0;
            k1 += Weyl1;
        }
        // From a vector a word to four words a block.
        Vector256<ulong> a = Avx2.UnpackLow(c0, c1).AsUInt64(), b01 = Avx2.UnpackLow(c2, c3).AsUInt64();
        Vector256<ulong> c = Avx2.UnpackHigh(c0, c1).AsUInt64(), d = Avx2.UnpackHigh(c2, c3).AsUInt64();
        Vector256<ulong> b04 = Avx2.UnpackLow(a, b01), b15 = Avx2.UnpackHigh(a, b01), b26 = Avx2.UnpackLow(c, d), b37 = Avx2.UnpackHigh(c, d);
        Avx2.Permute2x128(b04, b15, 0x20).AsUInt32().CopyTo(words);
        Avx2.Permute2x128(b26, b37, 0x20).AsUInt32().CopyTo(words[8..]);
        Avx2.Permute2x128(b04, b15, 0x31).AsUInt32().CopyTo(words[16..]);
        Avx2.Permute2x128(b26, b37, 0x31).AsUInt32().CopyTo(words[24..]);
    }

    private static (Vector256<uint> High, Vector256<uint> Low) Multiply(Vector256<uint> a, Vector256<uint> b)
    {
        Vector256<ulong> even = Avx2.Multiply(a, b), odd = Avx2.Multiply((a.AsUInt64() >>> 32).AsUInt32(), b);
        Vector256<uint> high = Avx2.Blend((even >>> 32).AsUInt32(), odd.AsUInt32(), 0b10101010);
        return (high, Avx2.Blend(even.AsUInt32(), (odd << 32).AsUInt32(), 0b10101010));
    }
}
