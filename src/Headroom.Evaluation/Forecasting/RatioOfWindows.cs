using Headroom.Evidence;
using Headroom.Statistics;

namespace Headroom.Evaluation.Forecasting;

/// <summary>A sum over all windows by another sum over all windows, with the bootstrap over windows; no interval for a single one.</summary>
internal static class RatioOfWindows
{
    /// <param name="name">The measurement's.</param>
    /// <param name="unit">Of the ratio.</param>
    /// <param name="definition">In words.</param>
    /// <param name="above">Each window's part of the numerator.</param>
    /// <param name="below">Each window's part of the denominator.</param>
    /// <param name="settings">Of the interval.</param>
    /// <returns>Null where the denominator is 0.</returns>
    public static Measurement? Measure(string name, string unit, string definition, double[] above, double[] below, MeasureSettings settings)
    {
        int windows = above.Length, resamples = settings.ResamplesFor(windows);
        int[] ones = new int[windows];
        Array.Fill(ones, 1);
        double value = Ratio(ones);
        if (!double.IsFinite(value)) return null;
        Interval? interval = windows < 2 ? null : Bootstrap.OfWeights(windows, Ratio, settings.Confidence, resamples, settings.Seed).ToInterval();
        string method = Bootstrap.Method(BootstrapKind.BiasCorrectedAccelerated, resamples, settings.Seed).Replace("over rows", "over windows, as if one said nothing of the next", StringComparison.Ordinal);
        return new Measurement(name, value, unit, interval, $"{definition}; {method}", windows);

        // NaN for a resample without a denominator: the bootstrap leaves it out.
        double Ratio(ReadOnlySpan<int> weights)
        {
            double numerator = 0, denominator = 0;
            for (int w = 0; w < weights.Length; w++) (numerator, denominator) = (numerator + (weights[w] * above[w]), denominator + (weights[w] * below[w]));
            return denominator > 0 ? numerator / denominator : double.NaN;
        }
    }

    /// <summary>Each window's sum of what <paramref name="of"/> makes of a step's forecast and target.</summary>
    public static double[] Sums(ForecastScores scores, Func<double, double, double> of)
    {
        double[] sums = new double[scores.Windows];
        for (int i = 0; i < scores.Targets.Length; i++) sums[i / scores.Horizon] += of(scores.Forecasts[i], scores.Targets[i]);
        return sums;
    }
}
