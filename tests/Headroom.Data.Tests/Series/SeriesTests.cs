using System.Runtime.InteropServices;
using Headroom.Data.Columns;
using Headroom.Data.Features;
using Headroom.Data.Series;
using Headroom.Data.Tables;
using Headroom.Evidence;

namespace Headroom.Data.Tests.Series;

public sealed class SeriesTests
{
    private static readonly Schema Grouped = new(
        new ColumnSpec("hour", ColumnKind.Integer, ColumnRole.Time), new ColumnSpec("site", ColumnKind.Category, ColumnRole.Group), new ColumnSpec("heat", ColumnKind.Number), new ColumnSpec("load", ColumnKind.Number, ColumnRole.Label));

    private static Cell[] Row(long hour, string site, double heat, double load) => [Cell.Of(hour), Cell.Of(site), Cell.Of(heat), Cell.Of(load)];

    /// <summary>Two sites, 20 and 30 hours, in no order of time; the load of hour h is h and 1000 + 2 h, the heat 100 + h.</summary>
    private static Dataset TwoSites(Func<long, double>? load = null)
    {
        IEnumerable<Cell[]> rows = Enumerable.Range(0, 20).Select(h => Row(h, "a", 100 + h, load?.Invoke(h) ?? h)).Concat(Enumerable.Range(0, 30).Select(h => Row(h, "b", 100 + h, 1000 + (2 * h))));
        return Scratch.Of(Grouped, rows.OrderBy(r => (r[0].Integer * 7) % 11));
    }

    private static SeriesCut[] Cuts(SeriesTable table) => [.. table.Series.Select(s => SeriesCut.Of(s.Steps, 0.6, 0.2))];

    private static float[] Floats(TensorTable table, string field)
    {
        byte[] bytes = new byte[table.Rows * table.Fields[table.IndexOf(field)].RowBytes];
        table[field].CopyRows([.. Enumerable.Range(0, table.Rows)], bytes);
        return [.. MemoryMarshal.Cast<byte, float>(bytes)];
    }

    [Fact]
    public void Steps_stand_in_the_order_of_their_time_and_the_target_comes_first()
    {
        SeriesTable table = SeriesTable.From(TwoSites());
        Assert.Equal(["load", "heat"], table.Columns);
        TimeSeries a = table.Series.Single(s => s.Name == "a"), b = table.Series.Single(s => s.Name == "b");
        Assert.Equal([.. Enumerable.Range(0, 20).Select(h => (double)h)], Enumerable.Range(0, 20).Select(t => a.At(t, 0)));
        Assert.Equal([.. Enumerable.Range(0, 30).Select(h => 100.0 + h)], Enumerable.Range(0, 30).Select(t => b.At(t, 1)));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(5)]
    public void No_target_of_one_part_is_a_target_of_another_and_nothing_that_is_trained_on_lies_after_the_cut(int stride)
    {
        SeriesCut cut = SeriesCut.Of(100, 0.6, 0.2);
        Assert.Equal((60, 80, 100), (cut.Validation, cut.Test, cut.End));
        const int length = 7, horizon = 3;
        int[] train = [.. SeriesCut.Origins(0, cut.Validation, length, horizon, stride)], validation = [.. SeriesCut.Origins(cut.Validation, cut.Test, length, horizon, stride)], test = [.. SeriesCut.Origins(cut.Test, cut.End, length, horizon, stride)];
        Assert.All(train, o => Assert.True(o - length >= 0 && o + horizon <= cut.Validation));
        Assert.All(validation, o => Assert.True(o >= cut.Validation && o + horizon <= cut.Test));
        Assert.All(test, o => Assert.True(o >= cut.Test && o + horizon <= cut.End));
        Assert.Equal(cut.End - horizon, test[^1]);
        Assert.All(test.Zip(test.Skip(1)), p => Assert.Equal(stride, p.Second - p.First));
    }

    [Fact]
    public void Too_short_a_part_has_no_windows() => Assert.Empty(SeriesCut.Origins(0, 9, 7, 3, 1));

    [Fact] // the second window of site a begins at hour 7: it looks back on 3 to 6, and is to tell 7 and 8
    public void A_window_holds_what_was_known_and_then_what_came()
    {
        SeriesTable table = SeriesTable.From(TwoSites());
        int a = table.Series.Index().Single(s => s.Item.Name == "a").Index;
        SeriesEncoding encoding = SeriesEncoding.Fit(table, Cuts(table), 4, 2);
        TensorTable rows = encoding.Encode(table, [new SeriesWindow(a, 4), new SeriesWindow(a, 7)]);
        Assert.Equal([3, 103, 4, 104, 5, 105, 6, 106], Floats(rows, SeriesEncoding.ValuesName)[8..]);
        // Hours 0 to 11 are trained on: mean 5.5, variance (12² - 1) / 12.
        double deviation = Math.Sqrt(143 / 12.0);
        Assert.Equal([(7 - 5.5) / deviation, (8 - 5.5) / deviation], Floats(rows, LabelEncoding.FieldName)[2..].Select(v => (double)v), (x, y) => Math.Abs(x - y) < 1e-6);
    }

    [Fact]
    public void What_comes_after_the_cut_has_no_say_in_a_series_scale()
    {
        SeriesTable one = SeriesTable.From(TwoSites()), other = SeriesTable.From(TwoSites(h => h < 12 ? h : 1e6 * h));
        Assert.Equal(SeriesEncoding.Fit(one, Cuts(one), 4, 2).Scales.SelectMany(s => s.Mean.Concat(s.Deviation)), SeriesEncoding.Fit(other, Cuts(other), 4, 2).Scales.SelectMany(s => s.Mean.Concat(s.Deviation)));
    }

    [Fact]
    public void Each_series_has_a_scale_of_its_own_and_the_model_is_told_which()
    {
        SeriesTable table = SeriesTable.From(TwoSites());
        SeriesEncoding encoding = SeriesEncoding.Fit(table, Cuts(table), 4, 2);
        Assert.Equal([5.5, 1017], encoding.Scales.OrderBy(s => s.Series, StringComparer.Ordinal).Select(s => s.Mean[0]), (x, y) => Math.Abs(x - y) < 1e-9);
        Assert.Contains(SeriesEncoding.SeriesName, encoding.Encode(table, [new SeriesWindow(0, 4)]).Fields.Select(f => f.Name));
    }

    [Fact]
    public void The_encoding_is_the_same_from_its_file()
    {
        SeriesTable table = SeriesTable.From(TwoSites());
        var preprocessing = new Preprocessing { Series = SeriesEncoding.Fit(table, Cuts(table), 4, 2) };
        Assert.Equal(preprocessing.ToJson(), Preprocessing.FromJson(preprocessing.ToJson()).ToJson());
    }

    [Fact]
    public void A_missing_step_and_one_that_stands_there_twice_are_refused()
    {
        Dataset With(params long[] hours) => Scratch.Of(Grouped, hours.Select(h => Row(h, "a", 0, h)));
        Assert.Contains("steps of 'a' are missing before this one: the last came 2 usual steps earlier", Assert.Throws<InputException>(() => SeriesTable.From(With(0, 1, 2, 4, 5))).Message, StringComparison.Ordinal);
        Assert.Contains("its time of 'a' stands there twice", Assert.Throws<InputException>(() => SeriesTable.From(With(0, 1, 2, 2, 3))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_value_that_is_missing_is_refused_with_its_place() =>
        Assert.Contains("the column 'load' has no value there", Assert.Throws<InputException>(() => SeriesTable.From(Scratch.Of(Grouped, Row(0, "a", 0, 1), Row(1, "a", 0, double.NaN)))).Message, StringComparison.Ordinal);
}
