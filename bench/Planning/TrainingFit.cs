using Headroom.Planning.Calibration;
using Headroom.Planning.Tables;
using Headroom.Planning.Training;

namespace Headroom.Bench.Planning;

/// <summary>Fits training of language models: six figures a family of accelerators, three a software stack, one of routing.</summary>
internal static class TrainingFit
{
    // Errors of single runs on one system repeat to about 3 %.
    private const double Delta = 0.03;

    private static readonly ParameterForm[] Forms =
    [
        new("matrix_share", "family", "1", "share of the dense peak that endless matrix products reach", 0.75, 0.1, 1, 0.5),
        new("half_size", "family", "1", "extent of a product at which half of that is reached, all else endless", 100, 1, 3000, 1),
        new("attention_share", "family", "1", "rate of fused attention over that of products", 0.6, 0.05, 1.2, 0.5),
        new("bandwidth_share", "family", "1", "share of the memory bandwidth that streaming kernels reach", 0.8, 0.3, 1, 0.2),
        new("link_share", "family", "1", "share of the links in a node that collectives reach", 0.6, 0.05, 1, 0.5),
        new("network_share", "family", "1", "share of the network between nodes that collectives reach", 0.6, 0.05, 1, 0.5),
        new("layer_seconds", "stack", "s", "host time of launching a layer's forward kernels", 3e-4, 1e-6, 1e-2, 1),
        new("traffic", "stack", "1", "bytes that elementwise work moves over those that it must", 1.5, 0.5, 8, 0.5),
        new("overlap", "stack", "1", "share of the data-parallel collectives that can hide behind the backward pass", 0.7, 0.05, 0.99, 0.5),
        new("routing_passes", "all", "1", "how often a routed token's activations cross memory forward, for each of its experts: sorting, sending, bringing together", 8, 1, 100, 1),
    ];

    /// <summary>Fits.</summary>
    /// <param name="tables">All that there are; those of training are used.</param>
    public static FittedCalibration Fit(IReadOnlyList<MeasuredTable> tables)
    {
        List<(RowQuestion Question, FitRow Row, double Measured)> rows = [];
        foreach (MeasuredTable table in tables)
        {
            foreach (MeasuredRow row in table.Rows.Where(RowReader.Concerns))
            {
                if (RowReader.Read(row, out _) is not { } q) continue;
                if (q.StepSeconds is double seconds && !q.LengthGuessed) rows.Add((q, new FitRow(q.Device.Family, q.Stack, Quantity.StepSeconds, table.Name), seconds));
                if (q.PeakMemory is double bytes && !q.RanOut) rows.Add((q, new FitRow(q.Device.Family, q.Stack, Quantity.PeakMemory, table.Name), bytes));
            }
        }
        // A family's six figures can't be told from fewer rows: it has the usual ones then, and is held to them.
        HashSet<string> known = [.. rows.Where(r => r.Row.Quantity == Quantity.StepSeconds).GroupBy(r => r.Row.Family).Where(g => g.Count() >= Forms.Count(f => f.Per == "family")).Select(g => g.Key)];
        rows.RemoveAll(r => !known.Contains(r.Row.Family));
        // A row's error changes only where one of its own figures does: the last two sets of figures are kept.
        var kept = new (double[] At, double Error)[rows.Count, 2];
        double Error(int i, Func<string, string, double> value)
        {
            (RowQuestion q, FitRow row, double measured) = rows[i];
            double[] at = [.. Forms.Select(f => value(f.Name, f.Per == "family" ? row.Family : f.Per == "stack" ? row.Stack : FittedCalibration.All))];
            for (int k = 0; k < 2; k++) if (kept[i, k].At is { } old && old.AsSpan().SequenceEqual(at)) return kept[i, k].Error;
            var estimator = new TrainingEstimator(q.Job, q.Device, new TrainingRates(at[0], at[1], at[2], at[3], at[4], at[5]), new TrainingStack(q.Stack, at[6], at[7], at[8]) { RoutingPasses = at[9] }, q.Overhead);
            double predicted = row.Quantity == Quantity.StepSeconds ? estimator.Time(q.Layout).Seconds : estimator.Memory(q.Layout).Total, error = Math.Log(predicted / measured);
            // The newest takes the place of the one that was a step of a difference.
            kept[i, 1] = kept[i, 0];
            kept[i, 0] = (at, error);
            return error;
        }
        return new FitModel("llm-training", Forms, [.. rows.Select(r => r.Row)], Error, Delta, Places: 64)
            .Fit("Fitted by bench/Planning to published training runs: robust loss on the logarithm of predicted over measured step time, tables weighted by the root of their rows.");
    }
}
