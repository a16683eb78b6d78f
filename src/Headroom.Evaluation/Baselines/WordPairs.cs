using System.Runtime.InteropServices;

namespace Headroom.Evaluation.Baselines;

/// <summary>TF-IDF over words and pairs of neighbouring words, hashed to a fixed number of columns.</summary>
/// <remarks>
/// Words are runs of letters, digits and underscores of two characters or more, in lower case. A weight is (1 + ln count) · (1 + ln((1 + n) / (1 + texts with it))),
/// and each row has length 1: the customary form of Salton and Buckley, Information Processing and Management 24, 1988, smoothed as scikit-learn has it.
/// </remarks>
public sealed class WordPairs
{
    public const int DefaultBits = 19;

    private readonly int bits;
    private readonly float[] inverseFrequency;

    /// <summary>Learns from training texts how rare each word is.</summary>
    public WordPairs(IEnumerable<string?> texts, int bits = DefaultBits)
    {
        ArgumentNullException.ThrowIfNull(texts);
        ArgumentOutOfRangeException.ThrowIfLessThan(bits, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(bits, 24);
        this.bits = bits;
        int[] frequency = new int[1 << bits];
        List<int> hashes = [];
        int count = 0;
        foreach (string? text in texts)
        {
            Hash(text, hashes);
            int last = -1;
            foreach (int hash in hashes)
            {
                if (hash != last) frequency[hash]++;
                last = hash;
            }
            count++;
        }
        inverseFrequency = [.. frequency.Select(f => (float)(1 + Math.Log((1.0 + count) / (1.0 + f))))];
    }

    public int Columns => inverseFrequency.Length;

    /// <summary>Adds a text's weights to the row that is being written, from <paramref name="offset"/> on.</summary>
    public void Add(string? text, SparseRows rows, int offset = 0)
    {
        ArgumentNullException.ThrowIfNull(rows);
        List<int> hashes = [];
        Hash(text, hashes);
        List<(int Column, float Weight)> weights = [];
        double squares = 0;
        for (int i = 0; i < hashes.Count;)
        {
            int next = i + 1;
            while (next < hashes.Count && hashes[next] == hashes[i]) next++;
            float weight = (1 + MathF.Log(next - i)) * inverseFrequency[hashes[i]];
            weights.Add((hashes[i], weight));
            squares += (double)weight * weight;
            i = next;
        }
        float length = (float)Math.Sqrt(squares);
        foreach ((int column, float weight) in weights) rows.Add(offset + column, weight / length);
    }

    /// <summary>The columns of all words and pairs, ascending, each as often as it occurs. FNV-1a, so the same on every machine.</summary>
    private void Hash(string? text, List<int> hashes)
    {
        hashes.Clear();
        ReadOnlySpan<char> rest = text;
        uint before = 0;
        while (true)
        {
            int start = 0;
            while (start < rest.Length && !IsWord(rest[start])) start++;
            int end = start;
            uint hash = 2166136261;
            for (; end < rest.Length && IsWord(rest[end]); end++) hash = (hash ^ char.ToLowerInvariant(rest[end])) * 16777619;
            if (end == start) break;
            if (end - start >= 2)
            {
                hashes.Add(Column(hash));
                if (before != 0) hashes.Add(Column((before * 0x9E3779B1) ^ hash));
                before = hash;
            }
            rest = rest[end..];
        }
        CollectionsMarshal.AsSpan(hashes).Sort();
    }

    private static bool IsWord(char c) => char.IsLetterOrDigit(c) || c == '_';

    // The last bits of FNV are weak: mix them with the first ones.
    private int Column(uint hash)
    {
        hash ^= hash >> 16;
        hash *= 0x85EBCA6B;
        hash ^= hash >> 13;
        return (int)(hash >> (32 - bits));
    }
}
