using Headroom.Evidence.Documents;

namespace Headroom.Cli.Report;

/// <summary>How training went: the loss, the validation's looks, the learning rate, over the steps.</summary>
internal static class LossSection
{
    private const double Width = 720, Left = 62, Right = 700, Top = 14, LossBottom = 264;
    private const int MostPoints = 700;

    public static Section Of(RunEvidence run)
    {
        const string title = "Training";
        if (run.Training?.Document is not { } training) return Section.Missing("training", title, "training.json", "train");
        IReadOnlyList<StepRecord> history = training.History;
        if (history.Count == 0) return new Section("training", title, Section.Note("training.json records no steps."));
        Scale x = new(0, Math.Max(1, Math.Max(history.Max(s => s.Step), training.Validation.Select(v => v.Step).DefaultIfEmpty().Max())), Left, Right);
        Html panels = Loss(x, history, training.Validation, out int above);
        double bottom = LossBottom;
        if (training.Validation.Any(v => v.Accuracy is not null)) panels += Accuracy(x, training.Validation, bottom += 96);
        panels += Rate(x, history, bottom += 84);
        panels += Plot.AxisX(x, bottom, 7) + Plot.Text(Right, bottom + 36, "step", "end");
        return new Section("training", title, Html.Of($"""
            {Legend(training.Validation.Count > 0)}{Plot.Svg(Width, bottom + 44, Words(training), panels)}
            """) + Section.Note(Words(training) + (above > 0 ? $" {Show.Count(above)} {(above == 1 ? "step lies" : "steps lie")} above the frame." : "")));
    }

    private static Html Loss(Scale x, IReadOnlyList<StepRecord> history, IReadOnlyList<ValidationRecord> validation, out int above)
    {
        double[] smooth = Smooth(history);
        double[] losses = [.. history.Select(s => s.Loss)];
        // One batch that went wild would press the whole curve flat; the frame leaves out what lies far above nearly all, and says how much.
        double[] sorted = [.. losses.Order()];
        double[] seen = [.. validation.Select(v => v.Loss)];
        double low = seen.Append(sorted[0]).Min(), nearlyAll = seen.Concat(smooth).Append(sorted[(int)(0.99 * (sorted.Length - 1))]).Max();
        double high = sorted[^1] - low > 1.5 * (nearlyAll - low) ? nearlyAll : Math.Max(sorted[^1], nearlyAll);
        Scale y = Scale.Around(low > 0 && low < 0.5 * high ? 0 : low, high, LossBottom, Top, 5);
        above = losses.Count(loss => loss > y.High);
        (double X, double Y) At(long step, double loss) => (x.At(step), Math.Max(Top, y.At(loss)));
        return Plot.GridY(x, y, 5)
            + Plot.Line(Extremes(losses).Select(i => At(history[i].Step, losses[i])), "raw")
            + Plot.Line(Thin(history.Count).Select(i => At(history[i].Step, smooth[i])), "smooth")
            + (validation.Count > 1 ? Plot.Line(Every(validation).Select(v => At(v.Step, v.Loss)), "validation") : Html.Empty)
            + Html.Join(Every(validation), v => Dot(At(v.Step, v.Loss), $"validation loss {Show.Number(v.Loss)} after step {Show.Count(v.Step)}"));
    }

    private static Html Accuracy(Scale x, IReadOnlyList<ValidationRecord> validation, double bottom)
    {
        ValidationRecord[] known = [.. Every(validation).Where(v => v.Accuracy is not null)];
        Scale y = Scale.Around(100 * known.Min(v => v.Accuracy!.Value), 100 * known.Max(v => v.Accuracy!.Value), bottom, bottom - 56, 2);
        return Title(bottom - 66, "validation accuracy, %") + Plot.GridY(x, y, 2)
            + Plot.Line(known.Select(v => (x.At(v.Step), y.At(100 * v.Accuracy!.Value))), "validation")
            + Html.Join(known, v => Dot((x.At(v.Step), y.At(100 * v.Accuracy!.Value)), $"validation accuracy {Show.Percent(v.Accuracy)} after step {Show.Count(v.Step)}"));
    }

    private static Html Rate(Scale x, IReadOnlyList<StepRecord> history, double bottom)
    {
        Scale y = Scale.Around(0, history.Max(s => s.LearningRate), bottom, bottom - 44, 1);
        return Title(bottom - 54, "learning rate") + Plot.GridY(x, y, 1) + Plot.Line(Thin(history.Count).Select(i => (x.At(history[i].Step), y.At(history[i].LearningRate))), "rate");
    }

    private static Html Title(double y, string text) => Plot.Text(Left, y, text, "start", "name");

    private static Html Dot((double X, double Y) at, string says) => Html.Of($"<circle class=\"validation\" cx=\"{at.X}\" cy=\"{at.Y}\" r=\"3.5\"><title>{says}</title></circle>\n");

    private static Html Legend(bool validation) => Html.Of($"""
        <p class="legend"><span><i class="line raw"></i>loss of each batch</span><span><i class="line smooth"></i>smoothed</span>{(validation ? Html.Of($"<span><i class=\"dot\"></i>on the validation rows</span>") : Html.Empty)}</p>

        """);

    private static string Words(TrainingDocument training)
    {
        StepRecord last = training.History[^1];
        string text = $"{Show.Count(last.Step)} {(last.Step == 1 ? "step" : "steps")} in {Show.Number(Math.Round(last.Epoch, 2))} epochs; the last batch had a loss of {Show.Number(last.Loss)}";
        if (training.Validation.MinBy(v => v.Loss) is { } best) text += $", the best validation loss was {Show.Number(best.Loss)} after step {Show.Count(best.Step)}";
        return text + ".";
    }

    /// <summary>The mean over the steps about each one, as many before as behind it, so that the curve does not lag.</summary>
    private static double[] Smooth(IReadOnlyList<StepRecord> history)
    {
        int n = history.Count, reach = Math.Max(n / 60, Math.Min(2, n / 10));
        double[] sums = new double[n + 1];
        for (int i = 0; i < n; i++) sums[i + 1] = sums[i] + history[i].Loss;
        double[] means = new double[n];
        for (int i = 0; i < n; i++)
        {
            int near = Math.Min(reach, Math.Min(i, n - 1 - i));
            means[i] = (sums[i + near + 1] - sums[i - near]) / ((2 * near) + 1);
        }
        return means;
    }

    /// <summary>All places, or the lowest and the highest of each stretch in their order: no spike is lost.</summary>
    private static IEnumerable<int> Extremes(double[] values)
    {
        if (values.Length <= MostPoints) return Enumerable.Range(0, values.Length);
        return Enumerable.Range(0, MostPoints / 2).SelectMany(stretch =>
        {
            int from = (int)((long)stretch * values.Length / (MostPoints / 2)), to = (int)((stretch + 1L) * values.Length / (MostPoints / 2));
            int lowest = from, highest = from;
            for (int i = from; i < to; i++)
            {
                if (values[i] < values[lowest]) lowest = i;
                if (values[i] > values[highest]) highest = i;
            }
            return (int[])[Math.Min(lowest, highest), Math.Max(lowest, highest)];
        });
    }

    /// <summary>Evenly chosen places, the last one among them: a screen shows no more.</summary>
    private static IEnumerable<int> Thin(int count) => count <= MostPoints ? Enumerable.Range(0, count) : Enumerable.Range(0, MostPoints).Select(i => (int)((long)i * (count - 1) / (MostPoints - 1)));

    private static IEnumerable<ValidationRecord> Every(IReadOnlyList<ValidationRecord> validation) => Thin(validation.Count).Select(i => validation[i]);
}
