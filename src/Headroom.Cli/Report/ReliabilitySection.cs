using Headroom.Evidence;
using Headroom.Evidence.Documents;

namespace Headroom.Cli.Report;

/// <summary>Whether the model's confidence can be believed: accuracy against confidence, bin by bin, over a histogram of the rows.</summary>
internal static class ReliabilitySection
{
    private const double Left = 50, Right = 390, Top = 12, Bottom = 352, CountsBottom = 436;

    public static Section? Of(RunEvidence run)
    {
        const string title = "Reliability";
        if (run.Evaluation?.Document is not { } evaluation) return Section.Missing("reliability", title, "evaluation.json", "evaluate");
        if (evaluation.Reliability.Count == 0) return evaluation.Classes.Count == 0 ? null : new Section("reliability", title, Section.Note("evaluation.json holds no reliability bins."));
        long rows = Math.Max(1, evaluation.Reliability.Max(b => b.Rows));
        Scale x = new(0, 1, Left, Right), y = new(0, 1, Bottom, Top), counts = new(0, rows, CountsBottom, Bottom + 28);
        Html plot = Plot.GridY(x, y, 5)
            + Html.Join(evaluation.Reliability, b => Bin(x, y, counts, b))
            + Html.Of($"<line class=\"ideal\" x1=\"{Left}\" y1=\"{Bottom}\" x2=\"{Right}\" y2=\"{Top}\"/>\n<line class=\"axis\" x1=\"{Left}\" x2=\"{Right}\" y1=\"{Bottom}\" y2=\"{Bottom}\"/>\n")
            + Plot.Text(Left - 8, counts.To + 8, Show.Small(rows), "end") + Plot.Text(Left - 8, CountsBottom + 4, "0", "end")
            + Plot.AxisX(x, CountsBottom, 5) + Plot.Text(Right, CountsBottom + 36, "confidence", "end")
            + Html.Of($"<text class=\"tick\" transform=\"translate(12 {(Top + Bottom) / 2}) rotate(-90)\" text-anchor=\"middle\">accuracy</text>\n")
            + Html.Of($"<text class=\"tick\" transform=\"translate(12 {(counts.To + CountsBottom) / 2}) rotate(-90)\" text-anchor=\"middle\">rows</text>\n");
        return new Section("reliability", title, Html.Of($"""
            <div class="pair">
            <div>{Plot.Svg(410, CountsBottom + 44, "Accuracy against confidence", plot, "square")}</div>
            <div>
            <p class="legend"><span><i class="box accuracy"></i>accuracy of the bin</span><span><i class="box under"></i>accuracy beyond its mean confidence</span><span><i class="box over"></i>mean confidence beyond its accuracy</span><span><i class="line ideal"></i>ideal</span></p>
            <dl class="scores">
            {Figure(evaluation, "ece", "Expected calibration error")}{Figure(evaluation, "brier", "Brier score")}{Figure(evaluation, "log_loss", "Log-loss")}</dl>
            <p class="note">{Words(evaluation)}</p>
            </div>
            </div>
            """));
    }

    private static Html Bin(Scale x, Scale y, Scale counts, ReliabilityBin bin)
    {
        (double from, double to) = (x.At(Math.Clamp(bin.Low, 0, 1)) + 1, x.At(Math.Clamp(bin.High, 0, 1)) - 1);
        if (to <= from || bin.Rows == 0 || bin.Accuracy is not double right || bin.Confidence is not double sure) return Html.Empty;
        right = Math.Clamp(right, 0, 1);
        sure = Math.Clamp(sure, 0, 1);
        double width = to - from, top = y.At(Math.Max(right, sure)), foot = y.At(Math.Min(right, sure)), height = Math.Max(1, counts.From - counts.At(bin.Rows));
        return Html.Of($"""
            <g><title>confidence {Show.Number(bin.Low)} to {Show.Number(bin.High)}: {Show.Rows(bin.Rows)}, mean confidence {Show.Percent(sure)}, accuracy {Show.Percent(right)}</title>
            <rect class="accuracy" x="{from}" y="{foot}" width="{width}" height="{Math.Max(0, Bottom - foot)}"/><rect class="{(sure > right ? "over" : "under")}" x="{from}" y="{top}" width="{width}" height="{Math.Max(0, foot - top)}"/>
            <rect class="count" x="{from}" y="{counts.From - height}" width="{width}" height="{height}"/></g>

            """);
    }

    private static Html Figure(EvaluationDocument evaluation, string name, string title) => evaluation.Find(name) is not Measurement m ? Html.Empty : Html.Of($"""
        <div title="{m.Method}"><dt>{title}</dt><dd>{Show.Value(m.Value, m.Unit)} <span class="soft">{(m.Unit is "score" ? "" : Show.Unit(m.Unit))}</span>
        <span class="range">{Show.Interval(m.Interval, v => Show.Value(v, m.Unit))}</span></dd></div>

        """);

    /// <summary>On the whole over- or underconfident, by the rows.</summary>
    private static string Words(EvaluationDocument evaluation)
    {
        double rows = 0, over = 0;
        foreach (ReliabilityBin bin in evaluation.Reliability)
        {
            if (bin.Accuracy is not double right || bin.Confidence is not double sure) continue;
            rows += bin.Rows;
            over += bin.Rows * (sure - right);
        }
        if (rows == 0) return "No rows were measured.";
        string points = $"{Show.Number(Math.Round(100 * Math.Abs(over / rows), 1))} percentage points";
        return Math.Abs(over / rows) < 0.0005
            ? "On average its confidence is its accuracy."
            : over > 0 ? $"On average it is surer than it is right, by {points}." : $"On average it is right more often than it is sure, by {points}.";
    }
}
