namespace Headroom.Audit.Duplicates;

/// <summary>
/// Finds texts that are nearly the same: signatures of their shingles (MinHash), bands of the signatures that bring candidates together, and the exact Jaccard index of each candidate, so that what is found is right and
/// how much is missed is known. Takes 4 bytes a permutation and 8 a band for each text, beside the texts themselves.
/// </summary>
public sealed class NearDuplicates
{
    // Texts that one task takes: enough to be worth a task, few enough that all threads stay busy.
    private const int Piece = 1024;
    private readonly MinHash _minHash;

    /// <summary>Prepares a search.</summary>
    /// <param name="options">What is looked for.</param>
    /// <exception cref="ArgumentException">The permutations can't reach the recall.</exception>
    public NearDuplicates(NearDuplicateOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        Options = options;
        _minHash = new MinHash(options.Permutations, options.Seed);
        Banding = Banding.For(options.Threshold, options.Permutations, options.Recall);
    }

    /// <summary>What is looked for.</summary>
    public NearDuplicateOptions Options { get; }

    /// <summary>How signatures are cut.</summary>
    public Banding Banding { get; }

    private ParallelOptions Threads => new() { MaxDegreeOfParallelism = Math.Max(1, Options.Threads) };

    /// <summary>All pairs of near duplicates that are found, by their first text and then by their second.</summary>
    /// <param name="texts">UTF-8.</param>
    /// <param name="cancellation">Stops between pieces.</param>
    public NearDuplicatePair[] Pairs(IReadOnlyList<ReadOnlyMemory<byte>> texts, CancellationToken cancellation = default)
    {
        uint[] signatures = Sign(texts, cancellation);
        return Verify(texts, Candidates(BandKeys(signatures), cancellation), cancellation);
    }

    /// <summary>The signatures of texts, one after the other.</summary>
    /// <param name="texts">UTF-8.</param>
    /// <param name="cancellation">Stops between pieces.</param>
    public uint[] Sign(IReadOnlyList<ReadOnlyMemory<byte>> texts, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(texts);
        int width = Options.Permutations;
        uint[] signatures = GC.AllocateUninitializedArray<uint>(checked(texts.Count * width));
        InPieces(texts.Count, (from, to) =>
        {
            var shingles = new Shingles(Options.ShingleWords);
            for (int i = from; i < to; i++) _minHash.Sign(shingles.Of(texts[i].Span), signatures.AsSpan(i * width, width));
        }, cancellation);
        return signatures;
    }

    /// <summary>Of each band, the key of each text: texts with one key agree in all of the band's rows.</summary>
    /// <param name="signatures">As <see cref="Sign"/> gives them.</param>
    public ulong[][] BandKeys(uint[] signatures)
    {
        ArgumentNullException.ThrowIfNull(signatures);
        int width = Options.Permutations, count = signatures.Length / width, rows = Banding.Rows;
        var keys = new ulong[Banding.Bands][];
        for (int band = 0; band < keys.Length; band++) keys[band] = GC.AllocateUninitializedArray<ulong>(count);
        InPieces(count, (from, to) =>
        {
            for (int i = from; i < to; i++)
            {
                ReadOnlySpan<uint> signature = signatures.AsSpan(i * width, width);
                for (int band = 0; band < keys.Length; band++)
                {
                    ulong key = 0;
                    foreach (uint row in signature.Slice(band * rows, rows)) key = (key ^ row) * 0x9E3779B97F4A7C15;
                    keys[band][i] = WordHashes.Mixed(key);
                }
            }
        }, CancellationToken.None);
        return keys;
    }

    /// <summary>The pairs that agree in a band, each once, by the first band that they agree in.</summary>
    /// <param name="keys">As <see cref="BandKeys"/> gives them.</param>
    /// <param name="cancellation">Stops between texts.</param>
    public (int First, int Second)[] Candidates(ulong[][] keys, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(keys);
        var groups = new SignatureGroups(keys);
        var found = new List<(int, int)>[keys.Length];
        ParallelOptions threads = Threads;
        threads.CancellationToken = cancellation;
        Parallel.For(0, keys.Length, threads, band =>
        {
            List<(int, int)> pairs = found[band] = [];
            var table = new BandTable(keys[band]);
            foreach (int text in groups.First)
                for (int other = table.Add(text); other >= 0; other = table.Before(other))
                    if (!AgreedBefore(keys, band, other, text)) pairs.Add((other, text));
        });
        return Expand(groups, found);
    }

    // Groups that were compared stand for all of their texts, and the texts of one group for each other.
    private static (int First, int Second)[] Expand(SignatureGroups groups, List<(int, int)>[] found)
    {
        List<(int, int)> all = new(found.Sum(f => f.Count));
        List<int> some = [], others = [];
        foreach (int group in groups.First.Where(groups.IsShared))
        {
            groups.Members(group, some);
            for (int i = 0; i < some.Count; i++)
                for (int j = i + 1; j < some.Count; j++) all.Add((some[i], some[j]));
        }
        foreach ((int a, int b) in found.SelectMany(f => f))
        {
            if (!groups.IsShared(a) && !groups.IsShared(b))
            {
                all.Add((a, b));
                continue;
            }
            groups.Members(a, some);
            groups.Members(b, others);
            foreach (int x in some)
                foreach (int y in others) all.Add(x < y ? (x, y) : (y, x));
        }
        return [.. all];
    }

    // The first band that two texts agree in is the one that names them.
    private static bool AgreedBefore(ulong[][] keys, int band, int a, int b)
    {
        for (int earlier = 0; earlier < band; earlier++)
            if (keys[earlier][a] == keys[earlier][b]) return true;
        return false;
    }

    /// <summary>Of candidates those that reach the threshold, by exact count of their shingles.</summary>
    /// <param name="texts">UTF-8.</param>
    /// <param name="candidates">In any order.</param>
    /// <returns>By their first text, then by their second.</returns>
    /// <param name="cancellation">Stops between pieces.</param>
    public NearDuplicatePair[] Verify(IReadOnlyList<ReadOnlyMemory<byte>> texts, (int First, int Second)[] candidates, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(texts);
        ArgumentNullException.ThrowIfNull(candidates);
        var sets = new ulong[]?[texts.Count];
        var compared = new bool[texts.Count];
        foreach ((int a, int b) in candidates) compared[a] = compared[b] = true;
        int[] wanted = [.. Enumerable.Range(0, texts.Count).Where(i => compared[i])];
        InPieces(wanted.Length, (from, to) =>
        {
            var shingles = new Shingles(Options.ShingleWords);
            for (int i = from; i < to; i++) sets[wanted[i]] = shingles.Set(texts[wanted[i]].Span);
        }, cancellation);
        var jaccard = new double[candidates.Length];
        InPieces(candidates.Length, (from, to) =>
        {
            for (int i = from; i < to; i++) jaccard[i] = Shingles.Jaccard(sets[candidates[i].First], sets[candidates[i].Second]);
        }, cancellation);
        List<NearDuplicatePair> found = [];
        for (int i = 0; i < candidates.Length; i++)
            if (jaccard[i] >= Options.Threshold) found.Add(new(candidates[i].First, candidates[i].Second, jaccard[i]));
        found.Sort((a, b) => a.First != b.First ? a.First.CompareTo(b.First) : a.Second.CompareTo(b.Second));
        return [.. found];
    }

    private void InPieces(int count, Action<int, int> work, CancellationToken cancellation)
    {
        ParallelOptions threads = Threads;
        threads.CancellationToken = cancellation;
        Parallel.For(0, (count + Piece - 1) / Piece, threads, piece => work(piece * Piece, Math.Min(count, (piece + 1) * Piece)));
    }
}
