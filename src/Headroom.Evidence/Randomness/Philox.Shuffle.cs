namespace Headroom.Evidence.Randomness;

public readonly partial struct Philox
{
    /// <summary>Puts the values into a random order, each with the same chance (Fisher and Yates; Durstenfeld, CACM 7(7), 1964).</summary>
    /// <remarks>Draws words from <paramref name="position"/> on, a few more than there are values: give each shuffle a stream of its own.</remarks>
    public void Shuffle(Span<int> values, ulong position = 0)
    {
        for (int i = values.Length - 1; i > 0; i--)
        {
            int j = (int)Below((uint)i + 1, ref position);
            (values[i], values[j]) = (values[j], values[i]);
        }
    }

    /// <summary>The numbers 0 to <paramref name="count"/> - 1 in a random order.</summary>
    public int[] Permutation(int count, ulong position = 0)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        int[] values = new int[count];
        for (int i = 0; i < count; i++) values[i] = i;
        Shuffle(values, position);
        return values;
    }

    /// <summary>A whole number in [0, <paramref name="bound"/>) without bias (Lemire, arXiv:1805.10941); moves the position past the words that it took.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The bound is 0.</exception>
    public uint Below(uint bound, ref ulong position)
    {
        ArgumentOutOfRangeException.ThrowIfZero(bound);
        ulong product = (ulong)UInt32At(position++) * bound;
        if ((uint)product < bound)
        {
            uint threshold = unchecked(0u - bound) % bound;
            while ((uint)product < threshold) product = (ulong)UInt32At(position++) * bound;
        }
        return (uint)(product >> 32);
    }
}
