using Headroom.Evidence;

namespace Headroom.Cli.Report;

/// <summary>Every number of every document, with what is needed to trust it.</summary>
internal static class MeasurementsSection
{
    public static Section Of(RunEvidence run)
    {
        IEnumerable<(string Title, IReadOnlyList<Measurement> Measurements)> tables = run.Documents.Select(d => (d.File, d.Document.Measurements));
        if (run.Evaluation?.Document.Baseline is { } baseline) tables = tables.Append(($"the {baseline.Kind}: {baseline.Name}", baseline.Measurements));
        Html body = Html.Join(tables, t => Html.Of($"""
            <h3>{t.Title}</h3>
            {(t.Measurements.Count == 0 ? Section.Note("It holds no measurements.") : Table.Of(["Name", "#Value", "#95 % interval", "Unit", "#Rows", "Method"], Html.Join(t.Measurements, Row), "measurements"))}
            """));
        return new Section("measurements", "Measurements", body == Html.Empty ? Section.Note("This run has no documents yet.") : body);
    }

    private static Html Row(Measurement m) => Html.Of($"""
        <tr><th scope="row"><code>{m.Name}</code></th><td class="n" title="{m.Value.ToString("R", System.Globalization.CultureInfo.InvariantCulture)}">{Show.Value(m.Value, m.Unit)}</td><td class="n">{Show.Interval(m.Interval, v => Show.Value(v, m.Unit))}</td><td>{m.Unit}</td><td class="n">{(m.Rows is long rows ? Show.Count(rows) : Show.Nothing)}</td><td class="method">{m.Method}</td></tr>

        """);
}
