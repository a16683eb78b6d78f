using Headroom.Evaluation.Forecasting;
using Headroom.Evidence;
using Headroom.Evidence.Documents;

namespace Headroom.Evaluation.Tests;

public sealed class ForecastMeasureTests
{
    private static readonly MeasureSettings Few = new(Resamples: 40);

    /// <summary>Two windows of two steps: errors 1, 1 and 2, 0; targets 1 to 4.</summary>
    private static ForecastScores Two(params double[] scales) => ForecastScores.Of<double>([2, 1, 5, 4], [1, 2, 3, 4], scales, "MW");

    [Fact]
    public void All_measures_are_found() => Assert.Equal(["mae", "mase", "normalized_deviation", "rmse"], Measures.Names<ForecastScores>());

    [Fact] // |errors| sum to 4, their squares to 6, |targets| to 10; the windows' mean errors are 1 and 1, scaled by 2 and 4
    public void Closed_forms_of_two_windows()
    {
        ForecastScores scores = Two(2, 4);
        Measurement mae = new AbsoluteError().Of(scores, Few)!;
        Assert.Equal((1, "MW", 2L), (mae.Value, mae.Unit, mae.Rows!.Value));
        Assert.Equal(Math.Sqrt(1.5), new SquaredError().Of(scores, Few)!.Value, 12);
        Assert.Equal(0.4, new NormalizedDeviation().Of(scores, Few)!.Value, 12);
        Assert.Equal((0.5 + 0.25) / 2, new ScaledError().Of(scores, Few)!.Value, 12);
    }

    [Fact]
    public void Intervals_hold_the_value_and_windows_are_what_is_resampled()
    {
        double[] truth = [.. Enumerable.Range(0, 60).Select(i => 10.0 + (i % 7))], forecast = [.. truth.Select((t, i) => t + Math.Sin(i))];
        foreach (Measurement m in Measures.Of(ForecastScores.Of<double>(forecast, truth, [.. Enumerable.Repeat(1.0, 20)]), Few))
        {
            Assert.InRange(m.Value, m.Interval!.Value.Low, m.Interval.Value.High);
            Assert.Equal(20, m.Rows);
            Assert.Contains("bootstrap over windows", m.Method, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void A_series_that_never_errs_is_left_out_of_the_scaled_error_and_where_all_are_there_is_none()
    {
        Assert.Equal(0.25, new ScaledError().Of(Two(0, 4), Few)!.Value, 12);
        Assert.Null(new ScaledError().Of(Two(0, 0), Few));
    }

    [Fact]
    public void Targets_of_zero_leave_the_normalised_deviation_undefined() => Assert.Null(new NormalizedDeviation().Of(ForecastScores.Of<double>([1, 2], [0, 0], [1]), Few));

    [Fact]
    public void The_naive_forecast_repeats_the_last_season_and_reads_nothing_from_the_origin_on()
    {
        double[] series = [1, 2, 3, 4, 5, 6, double.NaN, double.NaN, double.NaN, double.NaN, double.NaN];
        Assert.Equal([4, 5, 6, 4, 5], SeasonalNaive.Forecast(series, 6, 5, 3));
        Assert.Equal([6, 6], SeasonalNaive.Forecast(series, 6, 2, 1));
        Assert.Equal([1, 2, 3, 4, 5], SeasonalNaive.Forecast(series, 6, 5, 6));
    }

    [Fact] // |4-1|, |5-2|, |7-3|
    public void The_naive_error_is_the_mean_over_all_steps_that_have_a_season_before() => Assert.Equal(10 / 3.0, SeasonalNaive.Error([1, 2, 3, 4, 5, 7], 3), 12);

    [Fact] // by MASE's own definition, on the series it is scaled by
    public void The_naive_forecast_of_a_steady_drift_has_a_scaled_error_of_one()
    {
        double[] series = [.. Enumerable.Range(0, 40).Select(t => (double)t)];
        double[] naive = SeasonalNaive.Forecast(series, 30, 5, 5);
        Assert.Equal(1, new ScaledError().Of(ForecastScores.Of<double>(naive, series.AsSpan(30, 5), [SeasonalNaive.Error(series.AsSpan(0, 30), 5)]), Few)!.Value, 12);
    }

    [Fact]
    public void A_forecast_that_is_no_number_is_named() =>
        Assert.Contains("window 1, step 0: the forecast is NaN", Assert.Throws<InputException>(() => ForecastScores.Of<float>([1, 2, float.NaN, 4], [1, 2, 3, 4], [1, 1])).Message, StringComparison.Ordinal);

    [Fact]
    public void The_document_keeps_the_windows_that_are_drawn()
    {
        var drawn = new ForecastSample("a", "load.csv, line 9", [1], [2, 3], [2, 4], [1, 1]);
        EvaluationDocument document = Evaluations.Of(Two(1, 1), new EvaluationContext { Measures = Few }, forecasts: [drawn]);
        Assert.Equal(drawn, Assert.Single(document.Forecasts));
    }
}
