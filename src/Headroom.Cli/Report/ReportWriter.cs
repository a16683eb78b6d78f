using Headroom.Evidence;
using Headroom.Evidence.Runs;

namespace Headroom.Cli.Report;

/// <summary>Writes <c>report.html</c>: one file that needs nothing else, drawn from the run's documents alone.</summary>
public static class ReportWriter
{
    /// <summary>Reads the documents that are there and replaces the report; a section whose document is missing says so.</summary>
    /// <param name="folder">The run.</param>
    /// <param name="snippet">C# that runs this run's model, shown as it is; null leaves the section out.</param>
    /// <exception cref="InputException">A document is torn or of another version, or the report can't be written.</exception>
    public static void Write(RunFolder folder, string? snippet = null)
    {
        ArgumentNullException.ThrowIfNull(folder);
        AtomicFile.WriteText(folder.Report, Page(RunEvidence.Of(folder, snippet)).Text);
    }

    /// <summary>The whole page; well-formed as XML too, so that tools can read it.</summary>
    internal static Html Page(RunEvidence run)
    {
        Section[] sections =
        [
            .. new Section?[]
            {
                LossSection.Of(run), ForecastSection.Of(run), ReliabilitySection.Of(run), ConfusionSection.Of(run), ClassesSection.Of(run), PlanSection.Of(run), MemorySection.Of(run),
                TimeSection.Of(run), SampleSection.Of(run), PicturesSection.Of(run), UsageSection.Of(run), MeasurementsSection.Of(run), ProvenanceSection.Of(run),
            }.OfType<Section>(),
        ];
        return Html.Of($"""
            <!DOCTYPE html>
            <html lang="en">
            <head>
            <meta charset="utf-8"/>
            <meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; img-src data:"/>
            <meta name="viewport" content="width=device-width, initial-scale=1"/>
            <meta name="generator" content="Headroom"/>
            <title>{run.Name} – Headroom</title>
            <style>
            {new Html(Stylesheet.Text)}
            </style>
            </head>
            <body>
            <main>
            {HeadSection.Of(run)}
            <nav aria-label="Sections">{Html.Join(sections, s => Html.Of($"<a href=\"#{s.Id}\">{s.Title}</a> "))}</nav>
            {Html.Join(sections, s => s.ToHtml())}
            </main>
            </body>
            </html>

            """);
    }
}
