using System.Globalization;
using Headroom.Audit.Duplicates;

namespace Headroom.Bench.Audit;

/// <summary>Recall and precision of near duplicates against every pair, counted by lists of the texts that have each shingle.</summary>
internal static class RecallBench
{
    public static int Run(string file, int most)
    {
        List<ReadOnlyMemory<byte>> texts = Corpus.Read(file, most);
        var options = new NearDuplicateOptions();
        HashSet<(int, int)> truth = Truth(texts, options);
        NearDuplicatePair[] found = new NearDuplicates(options).Pairs(texts);
        int right = found.Count(p => truth.Contains((p.First, p.Second)));
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{texts.Count} texts: {truth.Count} pairs at a Jaccard index of {options.Threshold} or more; {found.Length} found, recall {(double)right / truth.Count:F4}, precision {(found.Length == 0 ? 1 : (double)right / found.Length):F4}"));
        foreach (int threads in new[] { 1, 2, 5 })
        {
            bool same = new NearDuplicates(options with { Threads = threads }).Pairs(texts).AsSpan().SequenceEqual(found);
            Console.WriteLine($"{threads} threads: {(same ? "the same pairs" : "OTHER PAIRS")}");
            if (!same) return 1;
        }
        return 0;
    }

    private static HashSet<(int, int)> Truth(List<ReadOnlyMemory<byte>> texts, NearDuplicateOptions options)
    {
        var shingles = new Shingles(options.ShingleWords);
        ulong[][] sets = [.. texts.Select(t => shingles.Set(t.Span))];
        var having = new Dictionary<ulong, List<int>>();
        HashSet<(int, int)> pairs = [];
        var shared = new Dictionary<int, int>();
        for (int i = 0; i < sets.Length; i++)
        {
            shared.Clear();
            foreach (ulong shingle in sets[i])
            {
                if (!having.TryGetValue(shingle, out List<int>? others)) having[shingle] = others = [];
                foreach (int other in others) shared[other] = shared.GetValueOrDefault(other) + 1;
                others.Add(i);
            }
            foreach ((int other, int count) in shared)
                if ((double)count / (sets[i].Length + sets[other].Length - count) >= options.Threshold) pairs.Add((other, i));
        }
        return pairs;
    }
}
