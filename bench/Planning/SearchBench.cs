using System.Diagnostics;
using System.Globalization;
using Headroom.Devices.Catalogue;
using Headroom.Planning.Models;
using Headroom.Planning.Power;
using Headroom.Planning.Search;
using Headroom.Planning.Training;

namespace Headroom.Bench.Planning;

/// <summary>How many layouts a second the search weighs: a 70B model on up to 4,096 of five kinds of accelerators.</summary>
internal static class SearchBench
{
    private const int Rounds = 5, Most = 4096, Batch = 1024, Sequence = 4096;
    private static readonly string[] Kinds = ["h100", "a100-80gb", "h200", "b200", "mi300x"];

    public static int Run()
    {
        var job = new TrainingJob { Shape = PublishedModels.Find("llama-3.1-70b")!, Sequence = Sequence };
        SearchDevice[] devices = [.. Kinds.Select(AcceleratorCatalogue.Default.Find).Select(a =>
        {
            TrainingCalibration fitted = TrainingCalibration.For(a);
            return new SearchDevice(a, Most, a.Cheapest?.UsdPerHour, new TrainingEstimator(job, a, fitted.Rates, fitted.Stack, fitted.Overhead), PowerCurves.Of(a));
        })];
        var request = new SearchRequest { Job = job, Tokens = 1.4e12, Batch = Batch, Devices = devices };
        foreach (bool bounds in (bool[])[true, false])
        {
            for (int round = 0; round < Rounds; round++)
            {
                long start = Stopwatch.GetTimestamp();
                SearchResult found = new TrainingSearch(request, bounds).Run();
                double seconds = Stopwatch.GetElapsedTime(start).TotalSeconds;
                Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{(bounds ? "with bounds" : "all"),-12}{found.Weighed:N0} weighed, {found.Pruned:N0} pruned, {seconds:F2} s, {found.Weighed / seconds:N0} layouts/s, best {found.Best!.Count} x {found.Best.Accelerator.Name}, {found.Best.Time.Seconds:F3} s a step"));
            }
        }
        return 0;
    }
}
