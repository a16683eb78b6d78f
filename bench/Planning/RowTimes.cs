using System.Globalization;
using Headroom.Planning.Tables;
using Headroom.Planning.Training;

namespace Headroom.Bench.Planning;

/// <summary>Prints, for each training run of a table, what the planner makes of its step, part by part: to see what an error comes from.</summary>
internal static class RowTimes
{
    /// <summary>Prints a line a row: measured and predicted seconds, the parts in per cent, the layout.</summary>
    /// <param name="path">The table.</param>
    /// <param name="only">A text that rows must have; null takes all.</param>
    public static int Run(string path, string? only)
    {
        foreach (MeasuredRow row in MeasuredTable.Read(path).Rows.Where(RowReader.Concerns))
        {
            if (only is not null && !row.Label.Contains(only, StringComparison.OrdinalIgnoreCase)) continue;
            if (RowReader.Read(row, out _) is not { StepSeconds: double measured } q) continue;
            TrainingCalibration c = TrainingCalibration.For(q.Device, q.Stack);
            TrainingTime t = new TrainingEstimator(q.Job, q.Device, c.Rates, c.Stack, q.Overhead).Time(q.Layout);
            double all = t.Seconds;
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{row.Number,4} {row.Model.Text("name"),-16} {q.Device.Name,-14} {q.Job.Type,-5} {measured,9:F4} {all,9:F4} {(all / measured) - 1,7:P0} | products {t.Matrices / all:P0} attention {t.Attention / all:P0} moved {t.Elementwise / all:P0} again {t.Recomputed / all:P0} waiting {t.Host / all:P0} shared {t.Tensor / all:P0} bubble {t.Bubble / all:P0} data {t.Data / all:P0} update {t.Update / all:P0} | seq {q.Job.Sequence} {q.Layout} | {1e6 * measured / q.Layout.Accumulation / q.Job.Shape.Layers * q.Layout.Pipeline:F0} us a layer and pass"));
        }
        return 0;
    }
}
