using Headroom.Data.Series;

namespace Headroom.Cli.Stages;

/// <summary>What a forecaster is measured on.</summary>
/// <param name="Table">All series, in the data's units.</param>
/// <param name="Cuts">Where each is cut.</param>
/// <param name="Windows">The test part's, in the order of its rows.</param>
internal sealed record TestedSeries(SeriesTable Table, SeriesCut[] Cuts, SeriesWindow[] Windows)
{
    /// <summary>A series' target at every step.</summary>
    public double[] Target(int series) => [.. Enumerable.Range(0, Table.Series[series].Steps).Select(t => Table.Series[series].At(t, SeriesTable.Target))];
}
