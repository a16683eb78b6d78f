using Headroom.Evidence;

namespace Headroom.Evaluation.Forecasting;

/// <summary>The square root of the mean of (forecast - target)² over all steps, in the target's unit; its interval is that of the mean, rooted.</summary>
public sealed class SquaredError : IMeasure<ForecastScores>
{
    public string Name => "rmse";

    public Measurement? Of(ForecastScores scores, MeasureSettings settings)
    {
        Measurement? mean = RatioOfWindows.Measure(Name, scores.Unit, "root of the mean of (forecast - target)² over all steps", RatioOfWindows.Sums(scores, (f, t) => (f - t) * (f - t)), RatioOfWindows.Sums(scores, (_, _) => 1), settings);
        return mean is null ? null : mean with { Value = Math.Sqrt(mean.Value), Interval = mean.Interval is Interval i ? new Interval(Math.Sqrt(i.Low), Math.Sqrt(i.High)) : null };
    }
}
