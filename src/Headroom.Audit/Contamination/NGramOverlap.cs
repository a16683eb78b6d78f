using Headroom.Audit.Duplicates;

namespace Headroom.Audit.Contamination;

/// <summary>What of one item of a benchmark the training text has.</summary>
/// <param name="NGrams">Distinct runs of so many words that the item has; a shorter item is one run.</param>
/// <param name="Hits">Of those, runs that the training text has.</param>
/// <param name="Coverage">Share of the item's words that lie in such a run.</param>
public readonly record struct ItemOverlap(int NGrams, int Hits, double Coverage)
{
    /// <summary>Whether any run is shared: GPT-3's rule (arXiv:2005.14165, appendix C).</summary>
    public bool Contaminated => Hits > 0;
}

/// <summary>
/// Holds the training text against a benchmark: which items share runs of words with it, how much of them, and which training texts have them. The benchmark is indexed, the training text goes by once, in pieces of any size.
/// </summary>
/// <remarks>Runs of 13 words: GPT-3 (arXiv:2005.14165, appendix C); coverage by runs of 8: PaLM (arXiv:2204.02311, section 8) and Llama 2 (arXiv:2307.09288, appendix A.6).</remarks>
public sealed class NGramOverlap
{
    // Of each run of the benchmark, the items and the places where it begins.
    private readonly Dictionary<ulong, List<(int Item, int Start)>> _runs = [];
    private readonly List<int> _words = [], _distinct = [];
    private readonly List<bool[]> _covered = [];
    private readonly List<HashSet<ulong>> _hits = [];
    private readonly bool _alphanumeric;

    /// <summary>Prepares an index.</summary>
    /// <param name="words">Of a run, at least 1.</param>
    /// <param name="alphanumeric">Whether only ASCII's letters and digits make words.</param>
    public NGramOverlap(int words, bool alphanumeric = true)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(words, 1);
        (Words, _alphanumeric) = (words, alphanumeric);
    }

    /// <summary>Words of a run.</summary>
    public int Words { get; }

    /// <summary>Adds an item of the benchmark.</summary>
    /// <param name="utf8">Its text.</param>
    /// <returns>Its number, from 0.</returns>
    public int AddItem(ReadOnlySpan<byte> utf8)
    {
        int item = _words.Count;
        List<ulong> runs = Runs(utf8, out int words);
        for (int start = 0; start < runs.Count; start++)
        {
            if (!_runs.TryGetValue(runs[start], out List<(int, int)>? places)) _runs[runs[start]] = places = [];
            places.Add((item, start));
        }
        _words.Add(words);
        _distinct.Add(runs.Distinct().Count());
        _covered.Add(new bool[words]);
        _hits.Add([]);
        return item;
    }

    /// <summary>Takes in one training text.</summary>
    /// <param name="utf8">The text.</param>
    /// <returns>How many of its runs the benchmark has: above 0, it is one to drop.</returns>
    public int AddTraining(ReadOnlySpan<byte> utf8)
    {
        int shared = 0;
        foreach (ulong run in Runs(utf8, out _))
        {
            if (!_runs.TryGetValue(run, out List<(int Item, int Start)>? places)) continue;
            shared++;
            foreach ((int item, int start) in places)
            {
                _hits[item].Add(run);
                _covered[item].AsSpan(start, Math.Min(Words, _covered[item].Length - start)).Fill(true);
            }
        }
        return shared;
    }

    /// <summary>What was found of each item so far.</summary>
    public ItemOverlap[] Items() => [.. _words.Select((words, i) => new ItemOverlap(_distinct[i], _hits[i].Count, words == 0 ? 0 : (double)_covered[i].Count(c => c) / words))];

    private List<ulong> Runs(ReadOnlySpan<byte> utf8, out int words)
    {
        var hashes = new ulong[WordHashes.MostWords(utf8.Length)];
        words = WordHashes.Write(utf8, hashes, _alphanumeric);
        List<ulong> runs = [];
        if (words > 0 && words < Words) runs.Add(Of(hashes.AsSpan(0, words)));
        for (int start = 0; start + Words <= words; start++) runs.Add(Of(hashes.AsSpan(start, Words)));
        return runs;
    }

    private static ulong Of(ReadOnlySpan<ulong> hashes)
    {
        ulong run = (ulong)hashes.Length;
        foreach (ulong hash in hashes) run = WordHashes.Mixed(run ^ hash);
        return run;
    }
}
