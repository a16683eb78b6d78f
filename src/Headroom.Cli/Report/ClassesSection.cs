using Headroom.Evidence.Documents;

namespace Headroom.Cli.Report;

/// <summary>How each class fares, the weakest first.</summary>
internal static class ClassesSection
{
    private const int Shown = 40;
    private static readonly string[] Columns = ["Class", "#Rows", "#Precision", "#Recall", "#F1"];

    public static Section? Of(RunEvidence run)
    {
        if (run.Evaluation?.Document.PerClass is not { Count: > 0 } classes) return null;
        ClassScore[] sorted = [.. classes.OrderBy(c => c.F1 ?? 2).ThenByDescending(c => c.Rows)];
        Html body = sorted.Length <= Shown + 10
            ? Rows(sorted)
            : Rows(sorted[..Shown]) + Html.Of($"<details><summary>The other {sorted.Length - Shown} classes</summary>\n{Rows(sorted[Shown..])}</details>\n");
        string undefined = sorted.Any(c => c.Precision is null || c.Recall is null || c.F1 is null) ? $" {Show.Nothing} is 0/0: no row predicted, or none there." : "";
        return new Section("classes", "Classes", Section.Note("The weakest first, by F1." + undefined) + body);
    }

    private static Html Rows(IEnumerable<ClassScore> classes) => Table.Of(Columns, Html.Join(classes, c => Table.Row(
        Table.Name(c.Class), Table.Number(Show.Count(c.Rows)), Cell(c.Precision), Cell(c.Recall), Cell(c.F1))), "fixed");

    private static Html Cell(double? score) => Table.Bar(score is double s ? s.ToString("0.000", System.Globalization.CultureInfo.InvariantCulture) : Show.Nothing, score);
}
