using Headroom.Evidence;

namespace Headroom.Evaluation.Forecasting;

/// <summary>Mean absolute scaled error: a window's mean |forecast - target| by what the seasonal naive forecast errs by where the series was trained on, mean over windows. Below 1 is better than that.</summary>
/// <remarks>Hyndman and Koehler, International Journal of Forecasting 22(4), 2006, doi:10.1016/j.ijforecast.2006.03.001. Windows of a series that never errs so are left out; undefined where all are.</remarks>
public sealed class ScaledError : IMeasure<ForecastScores>
{
    public string Name => "mase";

    public Measurement? Of(ForecastScores scores, MeasureSettings settings)
    {
        double[] errors = RatioOfWindows.Sums(scores, (f, t) => Math.Abs(f - t)), counted = new double[scores.Windows];
        for (int w = 0; w < errors.Length; w++)
        {
            double scale = scores.Scales[w];
            (errors[w], counted[w]) = scale > 0 ? (errors[w] / scores.Horizon / scale, 1) : (0, 0);
        }
        return RatioOfWindows.Measure(Name, "scaled error", "mean over windows of the mean |forecast - target| by the seasonal naive error within the training part", errors, counted, settings);
    }
}
