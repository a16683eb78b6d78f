namespace Headroom.Audit.Duplicates;

/// <summary>Shingles: runs of so many words that follow each other, as 64-bit hashes. A text of fewer words is one shingle of all of them; an empty one too.</summary>
/// <remarks>Broder, "On the resemblance and containment of documents", 1997. Two shingles are taken for the same where their hashes are: wrong once in about 10^19 pairs.</remarks>
public sealed class Shingles
{
    private const ulong Base = 0x9FB21C651E98DF25;
    private readonly ulong _out;
    private ulong[] _words = [], _shingles = [];

    /// <summary>Prepares shingles of a width; one instance serves one thread.</summary>
    /// <param name="words">Of a shingle, at least 1.</param>
    public Shingles(int words)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(words, 1);
        Words = words;
        _out = 1;
        for (int i = 0; i < words; i++) _out *= Base;
    }

    /// <summary>Words of a shingle.</summary>
    public int Words { get; }

    /// <summary>The shingles of a text in its order, those that come again too.</summary>
    /// <param name="utf8">The text.</param>
    /// <returns>At least one; they stand until the next call.</returns>
    public ReadOnlySpan<ulong> Of(ReadOnlySpan<byte> utf8)
    {
        int most = WordHashes.MostWords(utf8.Length);
        if (_words.Length < most) (_words, _shingles) = (new ulong[most * 2], new ulong[most * 2]);
        ReadOnlySpan<ulong> words = _words.AsSpan(0, WordHashes.Write(utf8, _words));
        // A polynomial of the words that rolls on: what comes is added, what leaves taken away.
        ulong rolling = 0;
        for (int i = 0; i < Math.Min(Words, words.Length); i++) rolling = (rolling * Base) + words[i];
        if (words.Length < Words)
        {
            _shingles[0] = WordHashes.Mixed(rolling + (ulong)words.Length);
            return _shingles.AsSpan(0, 1);
        }
        Span<ulong> shingles = _shingles.AsSpan(0, words.Length - Words + 1);
        shingles[0] = WordHashes.Mixed(rolling);
        for (int i = 1; i < shingles.Length; i++)
        {
            rolling = (rolling * Base) + words[i + Words - 1] - (words[i - 1] * _out);
            shingles[i] = WordHashes.Mixed(rolling);
        }
        return shingles;
    }

    /// <summary>The set of a text's shingles, in rising order.</summary>
    /// <param name="utf8">The text.</param>
    public ulong[] Set(ReadOnlySpan<byte> utf8)
    {
        ulong[] sorted = Of(utf8).ToArray();
        Array.Sort(sorted);
        int kept = 0;
        for (int i = 0; i < sorted.Length; i++)
            if (i == 0 || sorted[i] != sorted[i - 1]) sorted[kept++] = sorted[i];
        return kept == sorted.Length ? sorted : sorted[..kept];
    }

    /// <summary>Shared elements by all elements of two sets in rising order; 1 of two empty ones.</summary>
    /// <param name="a">One set.</param>
    /// <param name="b">The other.</param>
    public static double Jaccard(ReadOnlySpan<ulong> a, ReadOnlySpan<ulong> b)
    {
        int shared = Shared(a, b), all = a.Length + b.Length - shared;
        return all == 0 ? 1 : (double)shared / all;
    }

    /// <summary>Elements of both sets.</summary>
    /// <param name="a">One set, in rising order.</param>
    /// <param name="b">The other.</param>
    public static int Shared(ReadOnlySpan<ulong> a, ReadOnlySpan<ulong> b)
    {
        if (a.SequenceEqual(b)) return a.Length;
        int i = 0, j = 0, shared = 0;
        while (i < a.Length && j < b.Length)
        {
            ulong x = a[i], y = b[j];
            shared += x == y ? 1 : 0;
            i += x <= y ? 1 : 0;
            j += y <= x ? 1 : 0;
        }
        return shared;
    }
}
