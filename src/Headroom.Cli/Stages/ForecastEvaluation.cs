using Headroom.Data.Series;
using Headroom.Evaluation;
using Headroom.Evaluation.Forecasting;
using Headroom.Evidence;
using Headroom.Evidence.Documents;

namespace Headroom.Cli.Stages;

/// <summary>Measures a forecaster on the windows of the test part, with the seasonal naive forecast beside it.</summary>
internal sealed class ForecastEvaluation(TestedSeries tested, int horizon, IReadOnlyList<int> seasons)
{
    private const int Batch = 256;

    /// <summary>Windows that the report draws, and how many horizons of their past.</summary>
    private const int Drawn = 4, PastHorizons = 2;

    private readonly double[][] targets = [.. Enumerable.Range(0, tested.Table.Series.Count).Select(tested.Target)];

    /// <param name="rows">The exported model.</param>
    /// <param name="trainer">The trainer's own forecasts of the first windows; empty where there are none.</param>
    /// <param name="context">Hashes and gates.</param>
    /// <param name="cancellation">Looked at before each batch.</param>
    public EvaluationDocument Run(TestRows rows, float[] trainer, EvaluationContext context, CancellationToken cancellation)
    {
        int windows = tested.Windows.Length;
        var forecasts = new float[windows * horizon];
        for (int from = 0; from < windows; from += Batch)
        {
            cancellation.ThrowIfCancellationRequested();
            rows.Predict(from, Math.Min(Batch, windows - from)).Span.CopyTo(forecasts.AsSpan(from * horizon));
        }
        Measurement? parity = trainer.Length == 0 ? null : LogitParity.Of<float>(trainer, forecasts.AsSpan(0, trainer.Length), trainer.Length / horizon) with { Unit = "target units" };
        double[] predicted = Array.ConvertAll(forecasts, f => (double)f), truth = Steps(w => targets[w.Series].AsSpan(w.Origin, horizon).ToArray());
        int season = seasons.MinBy(NaiveError);
        double[] scales = [.. tested.Windows.Select(w => SeasonalNaive.Error(Trained(w.Series), season))], naive = Naive(season);
        return Evaluations.Of(ForecastScores.Of<double>(predicted, truth, scales, source: "model.onnx"), context with { Baseline = Baseline(season, truth, scales) }, parity, [.. Samples(predicted, truth, naive)]);
    }

    private ReadOnlySpan<double> Trained(int series) => targets[series].AsSpan(0, tested.Cuts[series].Validation);

    /// <summary>How far a season's naive forecast lies off where the series were trained on, each series by its own mean size: by this the season is chosen, so the test part has no say in it.</summary>
    private double NaiveError(int season) => Enumerable.Range(0, targets.Length).Average(s =>
    {
        double size = 0;
        foreach (double v in Trained(s)) size += Math.Abs(v) / Trained(s).Length;
        return size > 0 ? SeasonalNaive.Error(Trained(s), season) / size : 0;
    });

    private double[] Naive(int season) => Steps(w => SeasonalNaive.Forecast(targets[w.Series], w.Origin, horizon, season));

    private double[] Steps(Func<SeriesWindow, double[]> of) => [.. tested.Windows.SelectMany(of)];

    /// <summary>The chosen season's measurements by their own names, then the other seasons' normalised deviation, so that nobody has to believe that it was the best.</summary>
    private Baseline Baseline(int season, double[] truth, double[] scales)
    {
        IEnumerable<Measurement> Measured(int of, string prefix) => Measures.Of(ForecastScores.Of<double>(Naive(of), truth, scales, source: "seasonal naive")).Select(m => m with { Name = prefix + m.Name });
        return new Baseline($"the value {Steps(season)} before, the nearest to the truth on the training part", [
            .. Measured(season, "baseline_"),
            .. seasons.Where(s => s != season).Distinct().SelectMany(s => Measured(s, $"baseline_season_{s}_")),
        ]) { Kind = "seasonal naive forecast" };
    }

    private static string Steps(int count) => count == 1 ? "a step" : $"{count:N0} steps";

    /// <summary>Windows evenly over the test part, the first and the last among them.</summary>
    private IEnumerable<ForecastSample> Samples(double[] predicted, double[] truth, double[] naive)
    {
        int windows = tested.Windows.Length, drawn = Math.Min(Drawn, windows);
        for (int i = 0; i < drawn; i++)
        {
            int w = drawn == 1 ? 0 : (int)((long)i * (windows - 1) / (drawn - 1));
            SeriesWindow window = tested.Windows[w];
            TimeSeries series = tested.Table.Series[window.Series];
            int past = Math.Min(PastHorizons * horizon, window.Origin);
            double[] Of(double[] values) => values[(w * horizon)..((w + 1) * horizon)];
            yield return new ForecastSample(series.Name, tested.Table.Dataset.OriginOf(series.Rows[window.Origin]).ToString(), targets[window.Series][(window.Origin - past)..window.Origin], Of(truth), Of(predicted), Of(naive));
        }
    }
}
