using System.Globalization;
using Headroom.Cli.Report;
using Headroom.Evidence;
using Headroom.Evidence.Quantities;
using Headroom.Planning.Search;

namespace Headroom.Cli.Planning;

/// <summary>A page of plans: which are best in something, what fills the first one's memory, what its step goes to. One file that needs nothing else.</summary>
internal static class PlanPage
{
    private const double Width = 720, Left = 80, Right = 690, Top = 20, Bottom = 300;
    private const int Ticks = 6, Colours = 8;

    /// <exception cref="InputException">The file can't be written.</exception>
    public static void Write(string path, PlannedRequest planned, TrainingSearch search, SearchResult result) => AtomicFile.WriteText(path, Page(planned, search, result).Text);

    /// <summary>The whole page; well-formed as XML too.</summary>
    internal static Html Page(PlannedRequest planned, TrainingSearch search, SearchResult result)
    {
        TrainingPlan best = result.Best!;
        IReadOnlyList<TrainingPlan> chosen = PlanView.Choose(search, result);
        SearchRequest r = planned.Request;
        Section[] sections =
        [
            new("plans", "Plans", Plans(chosen) + Section.Note($"{result.Weighed:N0} layouts were weighed, {result.Pruned:N0} more ruled out by bounds; {result.TooLarge:N0} didn't fit.")),
            new("front", "Time against money", Front(chosen, best)),
            new("memory", $"Memory of one of {best.Count} x {best.Accelerator.Name}", Memory(best)),
            new("step", "A step", Step(best)),
            new("neighbours", "Why the first", Around(search, best)),
        ];
        return Html.Of($"""
            <!DOCTYPE html>
            <html lang="en">
            <head>
            <meta charset="utf-8"/>
            <meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'"/>
            <meta name="viewport" content="width=device-width, initial-scale=1"/>
            <meta name="generator" content="Headroom"/>
            <title>{planned.Model.Name} – plan – Headroom</title>
            <style>
            {new Html(Stylesheet.Text)}
            </style>
            </head>
            <body>
            <main>
            <p class="kicker">plan</p>
            <h1>{planned.Model.Name}: {best.Count} x {best.Accelerator.Name}, {PlanView.Span(best.Seconds)}</h1>
            <p class="meta">{CountText.Show(r.Shape.Parameters)} parameters, {CountText.Show(r.Tokens)} tokens, {r.Batch} x {r.Sequence} a step; {best.Layout.ToString()}</p>
            {Html.Join(planned.Assumptions, a => Html.Of($"<p class=\"note\">assumed: {a}</p>\n"))}
            {Html.Join(sections, s => s.ToHtml())}
            </main>
            </body>
            </html>

            """);
    }

    private static Html Plans(IReadOnlyList<TrainingPlan> chosen) => Table.Of(["Accelerators", "Layout", "#Memory", "#A step", "#In all", "#USD", "#kWh", "#MFU"], Html.Join(chosen.Take(20), p => Table.Row(
        Table.Name($"{p.Count} x {p.Accelerator.Name}"), Table.Text(p.Layout.ToString()), Table.Number($"{p.Memory.Total / 1e9:F0} GB"), Table.Number(new Seconds(p.Time.Seconds).ToString()), Table.Number(PlanView.Span(p.Seconds)),
        Table.Number(Number(p.Dollars)), Table.Number(Number(p.Joules / 3.6e6)), Table.Number(p.Mfu.ToString("P0", CultureInfo.InvariantCulture)))));

    /// <summary>Both axes by powers of ten: plans differ by orders of magnitude.</summary>
    private static Html Front(IReadOnlyList<TrainingPlan> chosen, TrainingPlan best)
    {
        TrainingPlan[] priced = [.. chosen.Where(p => p.Dollars is > 0)];
        if (priced.Length == 0) return Section.Note("Of no accelerator here a price is known; give one with --price.");
        static double Log(double v) => Math.Log10(v);
        Scale x = Scale.Around(priced.Min(p => Log(p.Seconds / 3600)), priced.Max(p => Log(p.Seconds / 3600)), Left, Right, Ticks), y = Scale.Around(priced.Min(p => Log(p.Dollars!.Value)), priced.Max(p => Log(p.Dollars!.Value)), Bottom, Top, Ticks);
        string[] names = [.. priced.Select(p => p.Accelerator.Name).Distinct()];
        Html points = Html.Join(priced, p => Html.Of($"<circle class=\"k{Array.IndexOf(names, p.Accelerator.Name) % Colours}\" cx=\"{x.At(Log(p.Seconds / 3600))}\" cy=\"{y.At(Log(p.Dollars!.Value))}\" r=\"{(p == best ? 8.0 : 5.0)}\" style=\"fill:var(--accent);fill-opacity:{(p == best ? 1.0 : 0.45)}\"><title>{p.Count} x {p.Accelerator.Name}: {PlanView.Span(p.Seconds)}, {Number(p.Dollars)} USD</title></circle>\n"));
        // Only the first few are named: names of all would lie upon each other.
        Html labels = Html.Join(priced.Take(6), p => Plot.Text(x.At(Log(p.Seconds / 3600)) + (x.At(Log(p.Seconds / 3600)) > 500 ? -10 : 10), y.At(Log(p.Dollars!.Value)) - 8, $"{p.Count} x {Short(p)}", x.At(Log(p.Seconds / 3600)) > 500 ? "end" : "start", "name"));
        return Plot.Svg(Width, Bottom + 50, "Plans by time and money", Powers(x, y) + points + labels + Plot.Text((Left + Right) / 2, Bottom + 44, "hours", "middle") + Plot.Text(Left - 8, Top - 6, "USD", "end"))
            + Section.Note("Each point is the best plan of a kind and number of accelerators; the large one is the first.");
    }

    /// <summary>Without the maker.</summary>
    private static string Short(TrainingPlan p) => p.Accelerator.Name.StartsWith(p.Accelerator.Maker + " ", StringComparison.Ordinal) ? p.Accelerator.Name[(p.Accelerator.Maker.Length + 1)..] : p.Accelerator.Name;

    private static Html Powers(Scale x, Scale y)
    {
        Html grid = Html.Empty;
        foreach ((double value, _) in y.Ticks(Ticks)) grid += Html.Of($"<line class=\"grid\" x1=\"{x.From}\" x2=\"{x.To}\" y1=\"{y.At(value)}\" y2=\"{y.At(value)}\"/>") + Plot.Text(x.From - 8, y.At(value) + 4, Number(Math.Pow(10, value)), "end");
        grid += Html.Of($"<line class=\"axis\" x1=\"{x.From}\" x2=\"{x.To}\" y1=\"{Bottom}\" y2=\"{Bottom}\"/>\n");
        foreach ((double value, _) in x.Ticks(Ticks)) grid += Html.Of($"<line class=\"axis\" x1=\"{x.At(value)}\" x2=\"{x.At(value)}\" y1=\"{Bottom}\" y2=\"{Bottom + 4}\"/>") + Plot.Text(x.At(value), Bottom + 18, Number(Math.Pow(10, value)), "middle");
        return grid;
    }

    private static Html Memory(TrainingPlan p)
    {
        double capacity = p.Accelerator.Memory?.Value ?? p.Memory.Total;
        (string Name, double Bytes)[] parts =
        [
            ("weights", p.Memory.Weights), ("gradients", p.Memory.Gradients), ("optimizer", p.Memory.Optimizer), ("activations", p.Memory.Activations), ("logits", p.Memory.Logits), ("runtime and slack", p.Memory.Runtime),
        ];
        return Stack("Memory by part", [.. parts.Append(("free", Math.Max(0, capacity - p.Memory.Total)))], capacity, b => $"{b / 1e9:F1} GB");
    }

    private static Html Step(TrainingPlan p) => Stack("A step by part", [.. PlanView.Parts(p.Time).Where(x => x.Seconds > 0)], p.Time.Seconds, s => new Seconds(s).ToString());

    private static Html Stack(string label, (string Name, double Size)[] parts, double whole, Func<double, string> show) => Html.Of($"""
        <div class="stack" role="img" aria-label="{label}">{Html.Join(parts.Select((p, i) => (p, i)), x => Html.Of($"<span class=\"k{x.i % Colours}\" style=\"width:{100 * x.p.Size / whole}%{(x.p.Name == "free" ? ";opacity:0.15" : "")}\" title=\"{x.p.Name}: {show(x.p.Size)}\"></span>"))}</div>
        {Table.Of(["Part", "#Size", "#Share"], Html.Join(parts.Select((p, i) => (p, i)), x => Html.Of($"<tr><th scope=\"row\"><i class=\"box k{x.i % Colours}\"></i>{x.p.Name}</th><td class=\"n\">{show(x.p.Size)}</td><td class=\"n\">{Show.Percent(x.p.Size / whole)}</td></tr>\n")))}
        """);

    private static Html Around(TrainingSearch search, TrainingPlan best) => Table.Of(["Instead", "It loses, because"], Html.Join(Neighbour.Of(search, best), n => Table.Row(Table.Name(n.Change), Table.Text(n.Reason))));

    private static string Number(double? value) => value is not double v ? "-" : v.ToString(v < 0.1 ? "0.###" : v < 10 ? "0.##" : v < 100 ? "0.#" : "N0", CultureInfo.InvariantCulture);
}
