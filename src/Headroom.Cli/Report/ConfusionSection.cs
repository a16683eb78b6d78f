using Headroom.Evidence.Documents;

namespace Headroom.Cli.Report;

/// <summary>Which class is taken for which: a heat map, or, where that would be too large to read, the pairs that are confused most.</summary>
internal static class ConfusionSection
{
    private const int MostClasses = 30, Pairs = 20, NameWidth = 26;
    private const double Glyph = 7; // about the width of a character in a plot

    public static Section? Of(RunEvidence run)
    {
        const string title = "Confusion";
        if (run.Evaluation?.Document is not { } evaluation) return Section.Missing("confusion", title, "evaluation.json", "evaluate");
        if (evaluation.ConfusionMatrix.Count == 0) return evaluation.Classes.Count == 0 ? null : new Section("confusion", title, Section.Note("evaluation.json holds no confusion matrix."));
        double all = evaluation.ConfusionMatrix.Sum(row => row.Sum(count => (double)count));
        if (all == 0) return new Section("confusion", title, Section.Note("No rows were measured."));
        return new Section("confusion", title, evaluation.Classes.Count <= MostClasses ? Heat(evaluation) : MostConfused(evaluation));
    }

    private static Html Heat(EvaluationDocument evaluation)
    {
        int n = evaluation.Classes.Count;
        string[] names = [.. evaluation.Classes.Select(c => Show.Short(c, NameWidth))];
        double longest = names.Max(Show.Width) * Glyph, cell = Math.Clamp(560.0 / n, 27, 64);
        double left = longest + 30, slope = longest * 0.72, top = slope + 44, width = left + (n * cell) + slope + 8, height = top + (n * cell) + 6;
        Html columns = Html.Join(Enumerable.Range(0, n), j => Html.Of($"""
            <text class="name" transform="translate({left + ((j + 0.5) * cell) + 3} {top - 8}) rotate(-45)">{names[j]}<title>{evaluation.Classes[j]}</title></text>

            """));
        Html rows = Html.Join(Enumerable.Range(0, n), i => Html.Of($"""
            <text class="name" x="{left - 8}" y="{top + ((i + 0.5) * cell) + 4}" text-anchor="end">{names[i]}<title>{evaluation.Classes[i]}</title></text>
            {Row(evaluation, i, left, top + (i * cell), cell)}
            """));
        Html axes = Html.Of($"""
            <text class="tick" x="{left}" y="12">predicted →</text>
            <text class="tick" transform="translate(12 {top + (n * cell / 2)}) rotate(-90)" text-anchor="middle">← true</text>
            <rect class="frame" x="{left}" y="{top}" width="{n * cell}" height="{n * cell}"/>

            """);
        return Plot.Svg(width, height, $"Confusion matrix of {n} classes", columns + rows + axes, n > 12 ? "dense" : "square")
            + Section.Note("Rows are the true classes, columns the predicted ones; the colour is a cell's share of its row, the diagonal is right.");
    }

    private static Html Row(EvaluationDocument evaluation, int i, double left, double y, double cell)
    {
        IReadOnlyList<long> counts = evaluation.ConfusionMatrix[i];
        double total = counts.Sum(c => (double)c);
        return Html.Join(Enumerable.Range(0, counts.Count).Where(j => counts[j] > 0), j => Html.Of($"""
            <g class="{(i == j ? "right" : "wrong")}{(counts[j] / total > 0.5 ? " deep" : "")}"><title>{evaluation.Classes[i]} taken for {evaluation.Classes[j]}: {Show.Rows(counts[j])}, {Show.Percent(counts[j] / total)}</title>
            <rect x="{left + (j * cell)}" y="{y}" width="{cell}" height="{cell}" fill-opacity="{0.06 + (0.94 * counts[j] / total)}"/><text x="{left + ((j + 0.5) * cell)}" y="{y + (cell / 2) + 4}" text-anchor="middle">{Show.Small(counts[j])}</text></g>

            """));
    }

    private static Html MostConfused(EvaluationDocument evaluation)
    {
        double[] totals = [.. evaluation.ConfusionMatrix.Select(row => row.Sum(count => (double)count))];
        var pairs = evaluation.ConfusionMatrix.SelectMany((row, i) => row.Select((count, j) => (True: i, Predicted: j, Count: count, Share: count / Math.Max(1, totals[i]))))
            .Where(p => p.True != p.Predicted && p.Count > 0).OrderByDescending(p => p.Count).ThenByDescending(p => p.Share).Take(Pairs).ToArray();
        if (pairs.Length == 0) return Section.Note($"None of the {Show.Count(evaluation.Classes.Count)} classes was taken for another.");
        double most = pairs.Max(p => p.Share);
        return Section.Note($"{Show.Count(evaluation.Classes.Count)} classes are too many to draw; these are the pairs that are confused most. The whole matrix stands in evaluation.json.")
            + Table.Of(["True class", "Taken for", "#Rows", "#Of the true class"], Html.Join(pairs, p => Table.Row(
                Table.Name(evaluation.Classes[p.True]), Table.Text(evaluation.Classes[p.Predicted]), Table.Number(Show.Count(p.Count)), Table.Bar(Show.Percent(p.Share), p.Share / most, "warm"))));
    }
}
