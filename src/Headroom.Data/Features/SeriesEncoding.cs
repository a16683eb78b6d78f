using Headroom.Data.Series;
using Headroom.Data.Tables;
using Headroom.Evidence;

namespace Headroom.Data.Features;

/// <summary>Time series as windows: field <c>values</c>, Float32 <c>[length, features]</c>, raw, and where there are several series their number as <c>series</c>, Int64; the targets, field <c>label</c>, Float32 <c>[horizon]</c>, in deviations from the series' mean.</summary>
public sealed record SeriesEncoding
{
    public const string ValuesName = "values", SeriesName = "series";

    /// <summary>Steps looked back on.</summary>
    public required int Length { get; init; }

    /// <summary>Steps forecast.</summary>
    public required int Horizon { get; init; }

    /// <summary>The features: the target first.</summary>
    public required IReadOnlyList<string> Columns { get; init; }

    /// <summary>By the series' numbers; for the model's graph to normalise with.</summary>
    public required IReadOnlyList<SeriesScale> Scales { get; init; }

    /// <summary>Takes each series' means and deviations from its steps before its cut, and from no other.</summary>
    /// <exception cref="InputException">The columns don't hold series.</exception>
    public static SeriesEncoding Fit(SeriesTable table, IReadOnlyList<SeriesCut> cuts, int length, int horizon) => new()
    {
        Length = length,
        Horizon = horizon,
        Columns = table.Columns,
        Scales = [.. table.Series.Zip(cuts, (s, cut) => Scale(s, cut.Validation))],
    };

    /// <summary>The windows as rows of tensors.</summary>
    public TensorTable Encode(SeriesTable table, SeriesWindow[] windows)
    {
        int features = Columns.Count;
        float[][] values = [.. table.Series.Select(s => Array.ConvertAll(s.Values, v => (float)v))];
        float[][] targets = [.. table.Series.Zip(Scales, (s, scale) => Enumerable.Range(0, s.Steps).Select(t => (float)((s.At(t, SeriesTable.Target) - scale.Mean[SeriesTable.Target]) / scale.Deviation[SeriesTable.Target])).ToArray())];
        var fields = new List<FieldSource>
        {
            new WindowField(new Field(ValuesName, FieldType.Float32, [Length, features]), values, windows, -Length, features),
            new WindowField(new Field(LabelEncoding.FieldName, FieldType.Float32, [Horizon]), targets, windows, 0, 1),
        };
        if (Scales.Count > 1) fields.Add(new IdField(new Field(SeriesName, FieldType.Int64, []), [.. windows.Select(w => w.Series)]));
        return new TensorTable(fields);
    }

    private static SeriesScale Scale(TimeSeries series, int steps)
    {
        double[] mean = new double[series.Features], deviation = new double[series.Features];
        for (int f = 0; f < mean.Length; f++)
        {
            for (int t = 0; t < steps; t++) mean[f] += series.At(t, f) / steps;
            for (int t = 0; t < steps; t++) deviation[f] += (series.At(t, f) - mean[f]) * (series.At(t, f) - mean[f]) / steps;
            deviation[f] = Math.Sqrt(deviation[f]);
            if (!(deviation[f] > 1e-9 * Math.Abs(mean[f]))) deviation[f] = 1;
        }
        return new SeriesScale(series.Name, mean, deviation);
    }
}
