using Headroom.Evidence.Documents;

namespace Headroom.Cli.Report;

/// <summary>Some forecasts of the test part beside what came.</summary>
internal static class ForecastSection
{
    private const double Width = 720, Left = 62, Right = 700, Top = 12, Bottom = 172;

    public static Section? Of(RunEvidence run)
    {
        if (run.Evaluation?.Document is not { Forecasts.Count: > 0 } evaluation) return null;
        return new Section("forecasts", "Forecasts", Html.Of($"""
            <p class="legend"><span><i class="line smooth"></i>what came</span><span><i class="line forecast"></i>the model's forecast</span><span><i class="line naive"></i>the seasonal naive forecast</span></p>
            {Html.Join(evaluation.Forecasts, Drawing)}
            """) + Section.Note($"Windows spread evenly over the {Show.Count(Windows(evaluation))} of the test part, the first and the last among them; nobody chose them by their error."));
    }

    private static long Windows(EvaluationDocument evaluation) => evaluation.Find("mae")?.Rows ?? evaluation.Forecasts.Count;

    private static Html Drawing(ForecastSample f)
    {
        int past = f.Past.Count, horizon = f.Truth.Count;
        double[] all = [.. f.Past, .. f.Truth, .. f.Forecast, .. f.Naive];
        Scale x = new(-past, Math.Max(1, horizon - 1), Left, Right), y = Scale.Around(all.Min(), all.Max(), Bottom, Top, 4);
        // The lines begin at the last known step, where they part.
        IEnumerable<(double, double)> From(IReadOnlyList<double> values) => f.Past.TakeLast(1).Select(v => (x.At(-1), y.At(v))).Concat(values.Select((v, i) => (x.At(i), y.At(v))));
        Html plot = Plot.GridY(x, y, 4)
            + Html.Of($"<line class=\"grid\" x1=\"{x.At(-1)}\" x2=\"{x.At(-1)}\" y1=\"{Top}\" y2=\"{Bottom}\"/>\n")
            + Plot.Line(From(f.Naive), "naive")
            + Plot.Line(f.Past.Select((v, i) => (x.At(i - past), y.At(v))).Concat(f.Truth.Select((v, i) => (x.At(i), y.At(v)))), "smooth")
            + Plot.Line(From(f.Forecast), "forecast")
            + Plot.AxisX(x, Bottom, 8) + Plot.Text(Right, Bottom + 36, "steps from the first that is forecast", "end");
        string where = $"{(f.Series.Length > 0 ? f.Series + ", " : "")}from {f.From} on";
        return Html.Of($"<h3>{where}</h3>\n") + Plot.Svg(Width, Bottom + 44, $"Forecast and truth, {where}", plot);
    }
}
