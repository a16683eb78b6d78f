namespace Headroom.Audit.Duplicates;

/// <summary>Bytes of a text that lie in a stretch which occurs elsewhere too.</summary>
/// <param name="Start">Of the first byte.</param>
/// <param name="End">Behind the last.</param>
public readonly record struct RepeatedStretch(int Start, int End);

/// <summary>
/// Finds every byte that lies in a stretch of a least length which occurs twice, in one text or in two; all occurrences are marked. A stretch of the least length or more is repeated just where each of its windows of
/// that length is, so that windows are all that need comparing; windows with the same hash are compared byte by byte. Takes 16 bytes for each byte of text.
/// </summary>
/// <remarks>What is marked is what Lee et al., "Deduplicating Training Data Makes Language Models Better" (arXiv:2107.06499, section 4.1), mark by a suffix array.</remarks>
public static class RepeatedSubstrings
{
    private const ulong Base = 0x9FB21C651E98DF25;

    /// <summary>The repeated stretches of each text, in order; those that touch or overlap are one.</summary>
    /// <param name="texts">As bytes.</param>
    /// <param name="least">Bytes of the shortest stretch that counts, at least 1.</param>
    /// <param name="cancellation">Stops between texts.</param>
    public static RepeatedStretch[][] Find(IReadOnlyList<ReadOnlyMemory<byte>> texts, int least, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(texts);
        ArgumentOutOfRangeException.ThrowIfLessThan(least, 1);
        long windows = texts.Sum(t => (long)Math.Max(0, t.Length - least + 1));
        var hashes = new ulong[checked((int)windows)];
        var places = new (int Text, int Start)[hashes.Length];
        int at = 0;
        for (int text = 0; text < texts.Count; text++)
        {
            cancellation.ThrowIfCancellationRequested();
            at = Roll(texts[text].Span, text, least, hashes, places, at);
        }
        Array.Sort(hashes, places);
        List<int>[] starts = [.. texts.Select(_ => new List<int>())];
        for (int from = 0, to; from < hashes.Length; from = to)
        {
            to = from + 1;
            while (to < hashes.Length && hashes[to] == hashes[from]) to++;
            if (to - from > 1) Mark(texts, least, places.AsSpan(from, to - from), starts);
        }
        return [.. starts.Select(s => Join(s, least))];
    }

    private static int Roll(ReadOnlySpan<byte> text, int number, int least, ulong[] hashes, (int, int)[] places, int at)
    {
        ulong rolling = 0, leaving = 1;
        for (int i = 0; i < least; i++) leaving *= Base;
        for (int i = 0; i < text.Length; i++)
        {
            rolling = (rolling * Base) + text[i] + 1;
            if (i >= least) rolling -= (text[i - least] + 1UL) * leaving;
            if (i < least - 1) continue;
            (hashes[at], places[at]) = (WordHashes.Mixed(rolling), (number, i - least + 1));
            at++;
        }
        return at;
    }

    // Windows of one hash are the same but once in 10^19: they are compared all the same, each with the first that is like it.
    private static void Mark(IReadOnlyList<ReadOnlyMemory<byte>> texts, int least, ReadOnlySpan<(int Text, int Start)> alike, List<int>[] starts)
    {
        List<(int Text, int Start)> kinds = [];
        List<bool> marked = [];
        foreach ((int text, int start) in alike)
        {
            ReadOnlySpan<byte> window = texts[text].Span.Slice(start, least);
            int kind = 0;
            while (kind < kinds.Count && !window.SequenceEqual(texts[kinds[kind].Text].Span.Slice(kinds[kind].Start, least))) kind++;
            if (kind == kinds.Count)
            {
                kinds.Add((text, start));
                marked.Add(false);
                continue;
            }
            if (!marked[kind]) starts[kinds[kind].Text].Add(kinds[kind].Start);
            marked[kind] = true;
            starts[text].Add(start);
        }
    }

    private static RepeatedStretch[] Join(List<int> starts, int least)
    {
        starts.Sort();
        List<RepeatedStretch> found = [];
        foreach (int start in starts)
        {
            if (found.Count > 0 && found[^1].End >= start) found[^1] = found[^1] with { End = Math.Max(found[^1].End, start + least) };
            else found.Add(new(start, start + least));
        }
        return [.. found];
    }
}
