using Headroom.Cli.Configuration;
using Headroom.Data;
using Headroom.Data.Features;
using Headroom.Data.Series;
using Headroom.Data.Splits;
using Headroom.Data.Tables;
using Headroom.Evidence;

namespace Headroom.Cli.Stages;

/// <summary>Cuts time series in time and into windows: no target of one part is a target of another, and no window looks at what is still to come.</summary>
internal sealed class SeriesPreparation(ProjectSettings settings, Action<string> report)
{
    public Prepared Run(Dataset data)
    {
        SeriesSettings s = settings.Data.Series;
        SplitOptions shares = settings.Data.Split;
        if (shares.Test == 0) throw new InputException(settings.Lines.At("data.split"), "the split leaves no steps to test on", "Give a test share in data.split.");
        SeriesTable table = SeriesTable.From(data);
        SeriesCut[] cuts = [.. table.Series.Select(t => SeriesCut.Of(t.Steps, shares.Train, shares.Validation))];
        CheckSeasons(table, cuts, s.Seasons);
        SeriesWindow[] Windows(Func<SeriesCut, (int From, int To)> part, int stride)
            => [.. cuts.SelectMany((cut, i) => SeriesCut.Origins(part(cut).From, part(cut).To, s.Length, s.Horizon, stride).Select(origin => new SeriesWindow(i, origin)))];
        // Validation and test forecast every step once.
        SeriesWindow[] train = Windows(c => (0, c.Validation), s.Stride), validation = Windows(c => (c.Validation, c.Test), s.Horizon), test = Windows(c => (c.Test, c.End), s.Horizon);
        foreach ((SeriesWindow[] windows, string what, double share) in new[] { (train, "train on", shares.Train), (validation, "validate on", shares.Validation), (test, "test on", shares.Test) })
        {
            if (windows.Length == 0 && share > 0)
                throw new InputException(settings.Lines.At("data.series"), $"no series of {data.Name} is long enough for a window of {s.Length} + {s.Horizon} steps to {what}: the longest has {table.Series.Max(t => t.Steps):N0} steps", "Give longer series, another data.split, or a smaller length or horizon.");
        }
        SeriesEncoding encoding = SeriesEncoding.Fit(table, cuts, s.Length, s.Horizon);
        TensorTable windowed = encoding.Encode(table, [.. train, .. validation, .. test]);
        Part Of(int from, int count) => new(windowed, [.. Enumerable.Range(from, count)]);
        report($"{table.Series.Count:N0} series of {table.Series.Sum(t => (long)t.Steps):N0} steps; '{table.Columns[SeriesTable.Target]}' is forecast; windows: {train.Length:N0} to train, {validation.Length:N0} to validate, {test.Length:N0} to test");
        return new Prepared
        {
            Preprocessing = new Preprocessing { Series = encoding },
            Train = Of(0, train.Length),
            Validation = Of(train.Length, validation.Length),
            Test = Of(train.Length + validation.Length, test.Length),
            Fingerprint = data.Fingerprint,
            Dataset = data,
            Series = new TestedSeries(table, cuts, test),
        };
    }

    private void CheckSeasons(SeriesTable table, SeriesCut[] cuts, IReadOnlyList<int> seasons)
    {
        int shortest = cuts.Index().MinBy(c => c.Item.Validation).Index;
        if (cuts[shortest].Validation <= seasons.Max())
            throw new InputException(settings.Lines.At("data.series.seasons"), $"the {cuts[shortest].Validation:N0} steps to train on{(table.Series[shortest].Name is { Length: > 0 } name ? $" of '{name}'" : "")} don't hold one of {seasons.Max():N0}", "Leave the season out.");
    }
}
