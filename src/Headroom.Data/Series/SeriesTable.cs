using Headroom.Data.Columns;
using Headroom.Evidence;

namespace Headroom.Data.Series;

/// <summary>A table read as time series: the label column is what is forecast, the number columns stand beside it, the group column names the series, the time column orders the steps.</summary>
/// <param name="Series">In the order in which they first occur.</param>
/// <param name="Columns">The features' names: the target, then the inputs in the table's order.</param>
/// <param name="Dataset">Where they came from.</param>
public sealed record SeriesTable(IReadOnlyList<TimeSeries> Series, IReadOnlyList<string> Columns, Dataset Dataset)
{
    /// <summary>What is forecast, among the features.</summary>
    public const int Target = 0;

    /// <summary>A step is missing where the next comes later than this many usual ones: months differ in length, and yet follow upon each other.</summary>
    private const double LongestStep = 1.5;

    /// <exception cref="InputException">No number is the label, a column holds no numbers, a value is missing, or a step is.</exception>
    public static SeriesTable From(Dataset data)
    {
        ColumnSpec target = data.Schema.Label ?? throw new InputException(data.Name, "no column is the label, which is what is forecast", "Give 'label: <column>' beside the reader.");
        ColumnSpec[] columns = [target, .. data.Schema.Inputs];
        if (columns.FirstOrDefault(c => c.Kind is not ColumnKind.Number and not ColumnKind.Integer) is { } other)
        {
            throw new InputException(data.Name, $"the column '{other.Name}' holds {other.Kind}, and a series is made of numbers", "Leave it out with 'drop' or 'notes', name it as 'group' or 'time', or state its kind under 'kinds'.");
        }
        double[][] values = [.. columns.Select(c => Numbers(data, c))];
        ColumnSpec? group = data.Schema.Columns.FirstOrDefault(c => c.Role == ColumnRole.Group), time = data.Schema.Columns.FirstOrDefault(c => c.Role == ColumnRole.Time);
        Column? names = group is null ? null : data[group.Name];
        double[]? times = time is null ? null : Times(data, time);
        IEnumerable<IGrouping<string, int>> parts = Enumerable.Range(0, data.Rows).GroupBy(r => names is null ? "" : names.Show(r) ?? "", StringComparer.Ordinal);
        TimeSeries[] series = [.. parts.Select(p => Of(p.Key, times is null ? [.. p] : InTime(data, p.Key, [.. p], times), values))];
        return new SeriesTable(series, [.. columns.Select(c => c.Name)], data);
    }

    private static TimeSeries Of(string name, int[] rows, double[][] columns)
    {
        double[] values = new double[rows.Length * columns.Length];
        for (int step = 0; step < rows.Length; step++)
            for (int c = 0; c < columns.Length; c++) values[(step * columns.Length) + c] = columns[c][rows[step]];
        return new TimeSeries(name, values, rows);
    }

    /// <summary>The rows by their time; even steps are what makes "the same hour yesterday" a place in the series.</summary>
    private static int[] InTime(Dataset data, string name, int[] rows, double[] times)
    {
        int[] ordered = [.. rows.OrderBy(r => times[r])];
        if (ordered.Length < 3) return ordered;
        double[] steps = [.. ordered.Zip(ordered.Skip(1), (a, b) => times[b] - times[a])];
        double usual = steps.Order().ElementAt(steps.Length / 2);
        int uneven = Array.FindIndex(steps, s => s <= 0 || s > LongestStep * usual);
        if (uneven < 0) return ordered;
        string whose = name.Length > 0 ? $" of '{name}'" : "";
        throw new InputException(data.OriginOf(ordered[uneven + 1]).ToString(), steps[uneven] <= 0 ? $"its time{whose} stands there twice" : $"steps{whose} are missing before this one: the last came {steps[uneven] / usual:0.#} usual steps earlier",
            "Give one row for each step, evenly spaced.");
    }

    private static double[] Numbers(Dataset data, ColumnSpec column)
    {
        double[] values = data[column.Name] is IntegerColumn whole
            ? [.. whole.Values.ToArray().Select(v => v == IntegerColumn.Missing ? double.NaN : v)]
            : [.. data.Numbers(column.Name).Values.ToArray()];
        int missing = Array.FindIndex(values, v => !double.IsFinite(v));
        return missing < 0 ? values : throw new InputException(data.OriginOf(missing).ToString(), $"the column '{column.Name}' has no value there", "Fill it in: a series has a value at every step.");
    }

    private static double[] Times(Dataset data, ColumnSpec time)
    {
        double[] values = data[time.Name] switch
        {
            IntegerColumn whole => [.. whole.Values.ToArray().Select(v => v == IntegerColumn.Missing ? double.NaN : v)],
            NumberColumn numbers => [.. numbers.Values.ToArray()],
            _ => throw new InputException(data.Name, $"the time column '{time.Name}' holds {time.Kind}", "State its kind under 'kinds': time, number or integer."),
        };
        int missing = Array.FindIndex(values, double.IsNaN);
        return missing < 0 ? values : throw new InputException(data.OriginOf(missing).ToString(), $"the time column '{time.Name}' has no value there", "Fill it in, or remove the row.");
    }
}
