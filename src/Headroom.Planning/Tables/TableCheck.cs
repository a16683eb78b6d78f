using System.Collections.Immutable;

namespace Headroom.Planning.Tables;

/// <summary>One figure of one table, held to its measurements.</summary>
/// <param name="Table">The file's name without <c>.json</c>.</param>
/// <param name="Quantity">The figure.</param>
/// <param name="Kind">What predicted it: <c>llm-training</c>.</param>
/// <param name="Statistics">How far off it was.</param>
/// <param name="Skipped">Rows that were not predicted, by reason.</param>
/// <param name="Rows">Those that were, with their predictions.</param>
public sealed record TableCheck(string Table, string Quantity, string Kind, CheckStatistics Statistics, ImmutableSortedDictionary<string, int> Skipped, ImmutableArray<(MeasuredRow Row, Prediction Prediction)> Rows)
{
    /// <summary>Holds a table to predictors: one check for each figure that concerns its rows.</summary>
    /// <param name="table">The table.</param>
    /// <param name="predictors">Those that may know its rows.</param>
    /// <returns>Checks in the predictors' order; a figure that no row measures has none.</returns>
    public static ImmutableArray<TableCheck> Of(MeasuredTable table, IReadOnlyList<IRowPredictor> predictors)
    {
        var checks = ImmutableArray.CreateBuilder<TableCheck>();
        foreach (IRowPredictor predictor in predictors)
        {
            foreach (string quantity in predictor.Quantities)
            {
                if (Of(table, predictor, quantity) is { } check) checks.Add(check);
            }
        }
        return checks.DrainToImmutable();
    }

    private static TableCheck? Of(MeasuredTable table, IRowPredictor predictor, string quantity)
    {
        var rows = ImmutableArray.CreateBuilder<(MeasuredRow, Prediction)>();
        var skipped = new SortedDictionary<string, int>(StringComparer.Ordinal);
        bool concerned = false;
        foreach (MeasuredRow row in table.Rows)
        {
            if (!predictor.Concerns(row, quantity)) continue;
            concerned = true;
            if (predictor.Predict(row, quantity, out string reason) is { } prediction && double.IsFinite(prediction.LogError)) rows.Add((row, prediction));
            else
            {
                string key = reason.Length > 0 ? reason : "no finite figure";
                skipped[key] = skipped.GetValueOrDefault(key) + 1;
            }
        }
        bool measured = rows.Count > 0 || skipped.Keys.Any(k => k != Tables.Quantity.NotMeasured);
        return concerned && measured ? new TableCheck(table.Name, quantity, predictor.Name, CheckStatistics.Of([.. rows.Select(r => r.Item2)]), skipped.ToImmutableSortedDictionary(StringComparer.Ordinal), rows.DrainToImmutable()) : null;
    }

    /// <summary>The rows that were furthest off, by the logarithm of predicted over measured.</summary>
    /// <param name="count">How many.</param>
    public IEnumerable<(MeasuredRow Row, Prediction Prediction)> Worst(int count) => Rows.Where(r => !r.Prediction.RanOut).OrderByDescending(r => Math.Abs(r.Prediction.LogError)).ThenBy(r => r.Row.Number).Take(count);
}
