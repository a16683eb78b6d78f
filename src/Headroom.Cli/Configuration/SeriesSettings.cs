using Headroom.Evidence;

namespace Headroom.Cli.Configuration;

/// <summary>How time series become windows.</summary>
internal sealed record SeriesSettings : ICheckedSettings
{
    /// <summary>Steps looked back on.</summary>
    public int Length { get; init; } = 168;

    /// <summary>Steps forecast.</summary>
    public int Horizon { get; init; } = 24;

    /// <summary>Steps from one training window to the next.</summary>
    public int Stride { get; init; } = 1;

    /// <summary>Steps after which the series may repeat itself, as those of a day and of a week: what stood there a season before is the forecast that ours must beat.</summary>
    public IReadOnlyList<int> Seasons { get; init; } = [1];

    public void Check()
    {
        Ranges.AtLeast("data.series.length", Length, 1);
        Ranges.AtLeast("data.series.horizon", Horizon, 1);
        Ranges.AtLeast("data.series.stride", Stride, 1);
        foreach (int season in Seasons) Ranges.AtLeast("data.series.seasons", season, 1);
        if (Seasons.Count == 0) throw new InputException("data.series.seasons", "the list is empty", "Give the steps of a season, such as [24] for hours that repeat daily, or [1].");
    }
}
