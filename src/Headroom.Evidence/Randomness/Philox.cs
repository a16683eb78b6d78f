namespace Headroom.Evidence.Randomness;

/// <summary>Philox4x32-10, a counter-based generator: the number at a position follows from seed, stream and position alone, so any part of a sequence can be drawn again, in any order.</summary>
/// <remarks>Salmon, Moraes, Dror and Shaw, "Parallel random numbers: as easy as 1, 2, 3", SC'11, section 4.3.
/// The counter's words are (block low, block high, stream low, stream high), the key is the seed; a block holds four words, so word p stands in block p/4, lane p mod 4.
/// The words and the uniform numbers are the same bits on every machine; the normal ones rest on the C library's log, sine and cosine.</remarks>
public readonly partial struct Philox(ulong seed, ulong stream) : IEquatable<Philox>
{
    private const uint Multiplier0 = 0xD2511F53, Multiplier1 = 0xCD9E8D57, Weyl0 = 0x9E3779B9, Weyl1 = 0xBB67AE85;
    private const int Rounds = 10;
    private const float UnitStep = 1f / (1 << 24);

    public ulong Seed { get; } = seed;

    public ulong Stream { get; } = stream;

    public static bool operator ==(Philox left, Philox right) => left.Equals(right);

    public static bool operator !=(Philox left, Philox right) => !left.Equals(right);

    /// <summary>The bijection itself: ten rounds over four words of counter under two words of key.</summary>
    public static (uint X0, uint X1, uint X2, uint X3) Block((uint C0, uint C1, uint C2, uint C3) counter, (uint K0, uint K1) key)
    {
        (uint c0, uint c1, uint c2, uint c3) = counter;
        (uint k0, uint k1) = key;
        for (int round = 0; round < Rounds; round++)
        {
            ulong p0 = (ulong)Multiplier0 * c0, p1 = (ulong)Multiplier1 * c2;
            (c0, c1, c2, c3) = ((uint)(p1 >> 32) ^ c1 ^ k0, (uint)p1, (uint)(p0 >> 32) ^ c3 ^ k1, (uint)p0);
            k0 += Weyl0;
            k1 += Weyl1;
        }
        return (c0, c1, c2, c3);
    }

    /// <summary>The 32-bit word at a position.</summary>
    public uint UInt32At(ulong position)
    {
        (uint x0, uint x1, uint x2, uint x3) = Block(position >> 2);
        return (position & 3) switch { 0 => x0, 1 => x1, 2 => x2, _ => x3 };
    }

    /// <summary>A multiple of 2⁻²⁴ in [0, 1), from the word at this position.</summary>
    public float UniformAt(ulong position) => (UInt32At(position) >> 8) * UnitStep;

    /// <summary>A multiple of 2⁻⁵³ in [0, 1), from the words at 2 · position and the one behind.</summary>
    public double UniformDoubleAt(ulong position)
    {
        (uint x0, uint x1, uint x2, uint x3) = Block(position >> 1);
        (uint high, uint low) = (position & 1) == 0 ? (x0, x1) : (x2, x3);
        return ((((ulong)high << 32) | low) >> 11) * (1.0 / (1UL << 53));
    }

    /// <summary>Whether a coin of this probability falls on its side at this position.</summary>
    public bool BernoulliAt(ulong position, float probability) => UniformAt(position) < probability;

    public bool Equals(Philox other) => Seed == other.Seed && Stream == other.Stream;

    public override bool Equals(object? obj) => obj is Philox other && Equals(other);

    public override int GetHashCode() => HashCode.Combine(Seed, Stream);

    private (uint X0, uint X1, uint X2, uint X3) Block(ulong block) =>
        Block(((uint)block, (uint)(block >> 32), (uint)Stream, (uint)(Stream >> 32)), ((uint)Seed, (uint)(Seed >> 32)));
}
