using System.Diagnostics;
using System.Globalization;
using System.IO.Compression;
using System.Text;
using Headroom.Audit.Labels;

namespace Headroom.Bench.Audit;

/// <summary>CPU time of finding label errors in a million rows of ten classes, as cleanlab was measured (0.48 to 1.54 s); and the average precision of the ranking on a file of probabilities with known flips.</summary>
internal static class LabelBench
{
    private const int Rows = 1_000_000, Classes = 10, Rounds = 5;
    private const double Flipped = 0.1;

    public static int Run(string? file)
    {
        if (file is not null) Digits(file);
        (int[] labels, double[] probabilities) = Noisy();
        foreach (LabelIssueRule rule in new[] { LabelIssueRule.ConfidentLearning, LabelIssueRule.NoiseRate })
        {
            double[] cpu = new double[Rounds + 1];
            int found = 0;
            for (int r = 0; r < cpu.Length; r++)
            {
                TimeSpan before = Process.GetCurrentProcess().TotalProcessorTime;
                found = new ConfidentLearning(labels, probabilities, Classes).Issues(rule).Length;
                cpu[r] = (Process.GetCurrentProcess().TotalProcessorTime - before).TotalSeconds;
            }
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{rule}: {Rows} x {Classes}, {found} found, {cpu.Skip(1).Order().ElementAt(Rounds / 2):F3} s CPU"));
        }
        return 0;
    }

    private static (int[] Labels, double[] Probabilities) Noisy()
    {
        var random = new Random(0);
        var labels = new int[Rows];
        var p = new double[Rows * Classes];
        for (int i = 0; i < Rows; i++)
        {
            int truth = random.Next(Classes);
            labels[i] = random.NextDouble() < Flipped ? random.Next(Classes) : truth;
            double sum = 0;
            for (int c = 0; c < Classes; c++) sum += p[(i * Classes) + c] = Math.Exp(((c == truth ? 2 : 0) + random.NextDouble()) * 1.5);
            for (int c = 0; c < Classes; c++) p[(i * Classes) + c] /= sum;
        }
        return (labels, p);
    }

    private static void Digits(string file)
    {
        using ZipArchive zip = ZipFile.OpenRead(file);
        Dictionary<string, (int[] Shape, double[] Values)> arrays = zip.Entries.ToDictionary(e => Path.GetFileNameWithoutExtension(e.Name), Read);
        Console.WriteLine(string.Join(", ", arrays.Select(a => $"{a.Key} [{string.Join(' ', a.Value.Shape)}]")));
        string probabilities = arrays.Keys.First(k => arrays[k].Shape.Length == 2 && arrays[k].Shape[1] == Classes);
        int[] Labels(params string[] names) => [.. arrays[names.First(arrays.ContainsKey)].Values.Select(v => (int)v)];
        int[] given = Labels("y"), truth = Labels("true");
        double[] p = arrays[probabilities].Values;
        int wrong = given.Zip(truth).Count(l => l.First != l.Second);
        foreach ((string name, double[] scores) in new[] { ("self-confidence", LabelQuality.SelfConfidence(given, p, Classes)), ("margin", LabelQuality.NormalisedMargin(given, p, Classes)), ("adjusted margin", LabelQuality.AdjustedMargin(given, p, Classes)), ("weighted entropy", LabelQuality.ConfidenceWeightedEntropy(given, p, Classes)) })
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"average precision by {name} {Precision(scores, given, truth) / wrong:F4} ({wrong} of {given.Length} flipped)"));
    }

    private static double Precision(double[] scores, int[] given, int[] truth)
    {
        int right = 0, seen = 0;
        double sum = 0;
        foreach (int i in Enumerable.Range(0, given.Length).OrderBy(i => scores[i]))
        {
            seen++;
            if (given[i] == truth[i]) continue;
            sum += (double)++right / seen;
        }
        return sum;
    }

    // The npy format, version 1: a header in Python's own words, then the elements.
    private static (int[] Shape, double[] Values) Read(ZipArchiveEntry entry)
    {
        using var memory = new MemoryStream();
        using (Stream stream = entry.Open()) stream.CopyTo(memory);
        byte[] all = memory.ToArray();
        int length = BitConverter.ToUInt16(all, 8);
        string header = Encoding.ASCII.GetString(all, 10, length);
        string type = header.Split("'descr': '")[1].Split('\'')[0], shape = header.Split("'shape': (")[1].Split(')')[0];
        int[] extents = [.. shape.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).Select(s => int.Parse(s, CultureInfo.InvariantCulture))];
        int count = extents.Aggregate(1, (a, b) => a * b), size = (all.Length - 10 - length) / Math.Max(1, count), at = 10 + length;
        return (extents, [.. Enumerable.Range(0, count).Select(i => type[1..] switch
        {
            "f8" => BitConverter.ToDouble(all, at + (i * size)),
            "f4" => BitConverter.ToSingle(all, at + (i * size)),
            "i8" => BitConverter.ToInt64(all, at + (i * size)),
            "i4" => BitConverter.ToInt32(all, at + (i * size)),
            _ => all[at + (i * size)],
        })]);
    }
}
