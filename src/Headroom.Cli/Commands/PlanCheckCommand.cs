using System.Collections.Immutable;
using System.CommandLine;
using System.Globalization;
using System.Text.Json.Nodes;
using Headroom.Evidence;
using Headroom.Planning.Tables;

namespace Headroom.Cli.Commands;

/// <summary><c>headroom plan check</c>: the planner held to tables of measurements.</summary>
internal static class PlanCheckCommand
{
    private const string About = """
        Holds the planner to tables of measurements: for each file and figure, how far predictions lie from what was measured. Errors are fractions of the measured value; rows that can't be predicted are counted by the reason.

        Example:  headroom plan check megatron_bridge_performance.json --worst 5
        """;

    public static Command Create()
    {
        var files = new Argument<string[]>("file") { Description = "Tables: {\"kind\", \"rows\": [{\"model\", \"hardware\", \"config\", \"measured\"}]}.", Arity = ArgumentArity.OneOrMore };
        var json = new Option<bool>("--json") { Description = "Prints one JSON line for each file and figure." };
        var worst = new Option<int>("--worst") { Description = "Lists so many of the rows that are furthest off, for each file and figure." };
        var command = new Command("check", About) { files, json, worst };
        command.SetAction(parsed =>
        {
            int count = parsed.GetValue(worst);
            if (count < 0) throw new InputException("--worst", $"{count} is negative.", "Give 0 or more.");
            // All are read first: a broken file is named before anything is printed.
            MeasuredTable[] tables = [.. parsed.GetValue(files)!.Select(MeasuredTable.Read)];
            foreach (MeasuredTable table in tables)
            {
                ImmutableArray<TableCheck> checks = TableCheck.Of(table, RowPredictors.All);
                if (checks.IsEmpty) Console.Error.WriteLine($"{table.Name}: no row of it measures what the planner predicts.");
                foreach (TableCheck check in checks) Print(check, parsed.GetValue(json), count);
            }
            return ExitCodes.Done;
        });
        return command;
    }

    private static void Print(TableCheck check, bool json, int worst)
    {
        if (json)
        {
            Console.Out.WriteLine(Line(check, worst).ToJsonString());
            return;
        }
        foreach (string line in Lines(check, worst)) Console.Out.WriteLine(line);
    }

    /// <summary>The JSON line of one file and figure.</summary>
    internal static JsonObject Line(TableCheck check, int worst)
    {
        CheckStatistics s = check.Statistics;
        var line = new JsonObject
        {
            ["table"] = check.Table,
            ["quantity"] = check.Quantity,
            ["kind"] = check.Kind,
            ["rows"] = s.Rows,
            ["skipped"] = new JsonObject(check.Skipped.Select(r => KeyValuePair.Create<string, JsonNode?>(r.Key, r.Value))),
            ["mape"] = Rounded(s.Mape),
            ["median_ape"] = Rounded(s.MedianApe),
            ["bias"] = Rounded(s.Bias),
            ["p90_ape"] = Rounded(s.P90Ape),
            ["rank_correlation"] = Rounded(s.RankCorrelation),
        };
        if (s.WithinInterval is not null) line["within_interval"] = Rounded(s.WithinInterval);
        if (s.RanOut > 0 || s.RanSaidNotToFit > 0)
        {
            line["ran_out"] = s.RanOut;
            line["ran_out_said_to_fit"] = s.RanOutSaidToFit;
            line["ran_said_not_to_fit"] = s.RanSaidNotToFit;
        }
        if (worst > 0) line["worst"] = new JsonArray([.. check.Worst(worst).Select(w => new JsonObject { ["row"] = w.Row.Number, ["label"] = w.Row.Label, ["measured"] = w.Prediction.Measured, ["predicted"] = w.Prediction.Predicted })]);
        return line;
    }

    private static IEnumerable<string> Lines(TableCheck check, int worst)
    {
        CheckStatistics s = check.Statistics;
        yield return $"{check.Table}, {check.Quantity} ({check.Kind}): {s.Rows} rows, {check.Skipped.Values.Sum()} skipped";
        if (s.Rows > 0) yield return $"  off by {Percent(s.Mape)} on average, median {Percent(s.MedianApe)}, nine of ten below {Percent(s.P90Ape)}; bias {Percent(s.Bias)}; rank correlation {(s.RankCorrelation is double r ? r.ToString("F3", CultureInfo.InvariantCulture) : "-")}";
        if (s.WithinInterval is not null) yield return $"  {Percent(s.WithinInterval)} of the measurements lie within the intervals given";
        if (s.RanOut > 0 || s.RanSaidNotToFit > 0) yield return $"  {s.RanOut} runs failed for memory, {s.RanOutSaidToFit} of them said to fit; {s.RanSaidNotToFit} that ran said not to fit";
        foreach ((string reason, int number) in check.Skipped) yield return $"  skipped {number}: {reason}";
        foreach ((MeasuredRow row, Prediction p) in check.Worst(worst)) yield return string.Create(CultureInfo.InvariantCulture, $"  measured {p.Measured:G4}, predicted {p.Predicted:G4} ({(p.Predicted / p.Measured) - 1:+0.0 %;-0.0 %}): {row.Label}");
    }

    private static double? Rounded(double? value) => value is double v ? Math.Round(v, 4) : null;

    private static string Percent(double? value) => value is double v ? v.ToString("0.0 %", CultureInfo.InvariantCulture) : "-";
}
