using System.Globalization;
using System.Text.Json.Nodes;
using Headroom.Cli.Terminal;
using Headroom.Evidence.Quantities;
using Headroom.Runtime.Probes;
using Spectre.Console;

namespace Headroom.Cli.Profiling;

/// <summary>A diagnosis for people, and for programs.</summary>
internal static class DiagnosisView
{
    private const int MostRows = 14;

    public static void Print(Diagnosis d)
    {
        Lines.Stage("Diagnosis");
        Lines.Note($"{new Seconds(d.Step)} a step over {d.Steps} of them, input wait included; {Percent(d.Reached)} of the roofline");
        Lines.Note(Rates(d.Rates));
        Table table = new Table().Border(TableBorder.Minimal).AddColumn("part");
        foreach (string column in (string[])["calls", "a step", "share", "GFLOP/s", "GB/s", "bound by", "at the roofline", "reached"]) table.AddColumn(new TableColumn(column).RightAligned().NoWrap());
        foreach (StepPart p in d.Parts.Take(MostRows))
        {
            table.AddRow(
                Markup.Escape(p.Name), Number(p.Calls), $"{new Seconds(p.Seconds)}", Percent(p.Seconds / d.Step), Rate(p.Flops, p.Seconds), Rate(p.Bytes, p.Seconds),
                p.Binding.Words(), p.Roofline > 0 ? $"{new Seconds(p.Roofline)}" : "", p.Reached is double r ? Percent(r) : "");
        }
        if (Console.IsOutputRedirected) AnsiConsole.Profile.Width = 160;
        AnsiConsole.Write(table);
        StepPart[] rest = [.. d.Parts.Skip(MostRows)];
        if (rest.Length > 0) Lines.Note($"and {rest.Length} more, {new Seconds(rest.Sum(p => p.Seconds))} together");
        if (d.Parts.Any(p => p.Reached > 1)) Lines.Note("above 100 %: a cache feeds what is counted as memory traffic, or the products beat the square one that was measured");
        foreach (IGrouping<Binding, StepPart> bound in d.Parts.GroupBy(p => p.Binding).OrderByDescending(g => g.Sum(p => p.Seconds)))
            Lines.Note($"bound by {bound.Key.Words(),-16}{new Seconds(bound.Sum(p => p.Seconds)),10}  {Percent(bound.Sum(p => p.Seconds) / d.Step),6}");
        Lines.Stage("What next");
        if (d.Levers.Count == 0) Lines.Note("no lever that is known here would gain a hundredth of the step");
        foreach (Lever l in d.Levers) Lines.Note(string.Create(CultureInfo.InvariantCulture, $"{l.Name}: {l.Gain(d.Step):F2} times as fast, by prediction; {l.Why}"));
    }

    public static JsonObject Json(Diagnosis d) => new()
    {
        ["steps"] = d.Steps,
        ["step_s"] = d.Step,
        ["reached"] = d.Reached,
        ["rates"] = new JsonObject { ["fp32_flops_per_s"] = d.Rates.Float32, ["bf16_flops_per_s"] = d.Rates.BFloat16, ["bytes_per_s"] = d.Rates.Bandwidth, ["call_s"] = d.Rates.CallSeconds },
        ["parts"] = new JsonArray([.. d.Parts.Select(p => (JsonNode)new JsonObject
        {
            ["name"] = p.Name,
            ["calls"] = p.Calls,
            ["seconds"] = p.Seconds,
            ["flops"] = p.Flops,
            ["bytes"] = p.Bytes,
            ["roofline_s"] = p.Roofline,
            ["bound"] = p.Binding.Words(),
        })]),
        ["levers"] = new JsonArray([.. d.Levers.Select(l => (JsonNode)new JsonObject { ["name"] = l.Name, ["why"] = l.Why, ["saved_s"] = l.Saved, ["gain"] = double.IsFinite(l.Gain(d.Step)) ? l.Gain(d.Step) : null })]),
    };

    private static string Rates(MachineRates r) => string.Create(CultureInfo.InvariantCulture,
        $"measured just now: {r.Float32 / 1e9:F0} GFLOP/s of products in fp32, {r.BFloat16 / 1e9:F0} in bf16, {r.Bandwidth / 1e9:F1} GB/s of memory, {new Seconds(r.CallSeconds)} a call");

    private static string Rate(double amount, double seconds) => amount > 0 && seconds > 0 ? (amount / seconds / 1e9).ToString("F1", CultureInfo.InvariantCulture) : "";

    private static string Number(double value) => value.ToString("0.#", CultureInfo.InvariantCulture);

    private static string Percent(double share) => string.Create(CultureInfo.InvariantCulture, $"{100 * share:F1} %");
}
