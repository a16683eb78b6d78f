using Headroom.Evidence;

namespace Headroom.Evaluation.Forecasting;

/// <summary>Σ|forecast - target| / Σ|target|: the error as a share of what came. Undefined where all targets are 0.</summary>
/// <remarks>Salinas et al., arXiv:1704.04110, eq. 9 (ND).</remarks>
public sealed class NormalizedDeviation : IMeasure<ForecastScores>
{
    public string Name => "normalized_deviation";

    public Measurement? Of(ForecastScores scores, MeasureSettings settings)
        => RatioOfWindows.Measure(Name, "fraction", "sum of |forecast - target| by the sum of |target|", RatioOfWindows.Sums(scores, (f, t) => Math.Abs(f - t)), RatioOfWindows.Sums(scores, (_, t) => Math.Abs(t)), settings);
}
