using Headroom.Evidence;

namespace Headroom.Evaluation.Forecasting;

/// <summary>The mean of |forecast - target| over all steps of all windows, in the target's unit.</summary>
public sealed class AbsoluteError : IMeasure<ForecastScores>
{
    public string Name => "mae";

    public Measurement? Of(ForecastScores scores, MeasureSettings settings)
        => RatioOfWindows.Measure(Name, scores.Unit, "mean of |forecast - target| over all steps", RatioOfWindows.Sums(scores, (f, t) => Math.Abs(f - t)), RatioOfWindows.Sums(scores, (_, _) => 1), settings);
}
