using System.Diagnostics;
using System.Globalization;
using Headroom.Audit.Duplicates;

namespace Headroom.Bench.Audit;

/// <summary>CPU time of finding near duplicates, by stage, beside the figure recorded of datasketch 1.10.0 for the same stages, shingles, permutations and threshold.</summary>
internal static class NearBench
{
    // Recorded of datasketch on two cores, one thread: MB of text a CPU second (shingling, signatures, insertion, queries).
    private const double RecordedPeer = 1.95;
    private const int Rounds = 7;

    public static int Run(string file, int most)
    {
        List<ReadOnlyMemory<byte>> texts = Corpus.Read(file, most);
        double megabytes = texts.Sum(t => (double)t.Length) / 1e6;
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{texts.Count} texts, {megabytes:F2} MB"));
        foreach (int threads in new[] { 1, Environment.ProcessorCount })
        {
            var search = new NearDuplicates(new NearDuplicateOptions { Threads = threads });
            double[][] rounds = [.. Enumerable.Range(0, Rounds + 2).Select(_ => Round(search, texts)).Skip(2)];
            double[] median = [.. Enumerable.Range(0, rounds[0].Length).Select(s => rounds.Select(r => r[s]).Order().ElementAt(Rounds / 2))];
            double cpu = median[0] + median[1] + median[2];
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{threads} threads, {search.Banding.Bands} bands of {search.Banding.Rows}: shingles and signatures {median[0] * 1e3:F0} ms, bands {median[1] * 1e3:F0} ms, candidates {median[2] * 1e3:F0} ms CPU; {megabytes / cpu:F0} MB a CPU second, {megabytes / cpu / RecordedPeer:F0} times datasketch's recorded {RecordedPeer}; wall {median[4] * 1e3:F0} ms, {megabytes / median[4]:F0} MB/s; verification besides {median[3] * 1e3:F0} ms CPU, {median[5]:F0} pairs of {median[6]:F0} candidates"));
        }
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"peak memory {Process.GetCurrentProcess().PeakWorkingSet64 / 1e6:F0} MB"));
        return 0;
    }

    private static double[] Round(NearDuplicates search, List<ReadOnlyMemory<byte>> texts)
    {
        GC.Collect();
        TimeSpan Cpu() => Process.GetCurrentProcess().TotalProcessorTime;
        long start = Stopwatch.GetTimestamp();
        TimeSpan c0 = Cpu();
        uint[] signatures = search.Sign(texts);
        TimeSpan c1 = Cpu();
        ulong[][] keys = search.BandKeys(signatures);
        TimeSpan c2 = Cpu();
        (int, int)[] candidates = search.Candidates(keys);
        TimeSpan c3 = Cpu();
        double wall = Stopwatch.GetElapsedTime(start).TotalSeconds;
        NearDuplicatePair[] pairs = search.Verify(texts, candidates);
        return [(c1 - c0).TotalSeconds, (c2 - c1).TotalSeconds, (c3 - c2).TotalSeconds, (Cpu() - c3).TotalSeconds, wall, pairs.Length, candidates.Length];
    }
}
