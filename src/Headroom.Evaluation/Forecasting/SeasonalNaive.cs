namespace Headroom.Evaluation.Forecasting;

/// <summary>The forecast that anyone makes without a model: what was there at the same place of the season before, as the same hour yesterday or a week ago.</summary>
/// <remarks>Hyndman and Athanasopoulos, Forecasting: Principles and Practice, 3rd ed., section 5.2.</remarks>
public static class SeasonalNaive
{
    /// <summary>The steps from <paramref name="origin"/> on: of each, the newest known one a whole number of seasons before it.</summary>
    /// <param name="series">The target at every step; nothing from the origin on is read.</param>
    /// <param name="origin">The first step to forecast, at least <paramref name="season"/>.</param>
    /// <param name="horizon">Steps to forecast.</param>
    /// <param name="season">Steps of a season, at least 1.</param>
    public static double[] Forecast(ReadOnlySpan<double> series, int origin, int horizon, int season)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(season, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(origin, season);
        double[] forecast = new double[horizon];
        for (int step = 0; step < horizon; step++) forecast[step] = series[origin - season + (step % season)];
        return forecast;
    }

    /// <summary>The mean of |y(t) - y(t - season)| over a series' beginning: what MASE divides by; NaN where no season fits in.</summary>
    public static double Error(ReadOnlySpan<double> series, int season)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(season, 1);
        double sum = 0;
        for (int t = season; t < series.Length; t++) sum += Math.Abs(series[t] - series[t - season]);
        return series.Length > season ? sum / (series.Length - season) : double.NaN;
    }
}
