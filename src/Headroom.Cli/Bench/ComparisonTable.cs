using System.Globalization;
using System.Text.Json.Nodes;
using Headroom.Evidence.Quantities;
using Spectre.Console;

namespace Headroom.Cli.Bench;

/// <summary>Rows of <see cref="Comparison"/> for people.</summary>
internal static class ComparisonTable
{
    public static void Print(IReadOnlyList<JsonObject> lines)
    {
        bool bounds = lines.Any(l => l.ContainsKey("share_of_flops_bound"));
        Table table = new Table().Border(TableBorder.Minimal).AddColumns("workload", "ours", "peer");
        foreach (string column in (string[])["a step", "the peer's", "speed-up", "95 % interval", "rounds", "memory", "the peer's", "ratio", "last losses", .. bounds ? ["of FLOPs", "of bytes"] : Array.Empty<string>()])
            table.AddColumn(new TableColumn(column).RightAligned().NoWrap());
        foreach (JsonObject line in lines) table.AddRow([.. Cells(line, bounds).Select(Markup.Escape)]);
        // Into a file, the table is as wide as it needs to be.
        if (Console.IsOutputRedirected) AnsiConsole.Profile.Width = 220;
        AnsiConsole.Write(table);
        if (!bounds) return;
        Console.Out.WriteLine("What fills the rest of our step, beyond its FLOPs at the rate of this machine's best product:");
        foreach (JsonObject line in lines.DistinctBy(l => (l["workload"]!.GetValue<string>(), l["dtype"]!.GetValue<string>()))) Console.Out.WriteLine("  " + Rest(line));
    }

    /// <summary>Where the time beyond the bound goes, in words.</summary>
    private static string Rest(JsonObject line)
    {
        IEnumerable<string> parts = line["rest_by_operator_s"]!.AsObject().Where(o => o.Value!.GetValue<double>() > 0).Select(o => $"{o.Key} {new Seconds(o.Value!.GetValue<double>())}");
        return $"{line["workload"]!.GetValue<string>()}, {line["dtype"]!.GetValue<string>()}: {string.Join(", ", parts)}";
    }

    /// <summary>One row in words, as soon as it is there: the table takes minutes.</summary>
    public static string Sentence(JsonObject line)
    {
        string[] cells = [.. Cells(line, bounds: false)];
        return $"{cells[0]}, {cells[1]} beside the peer's {cells[2]}: {cells[5]} times as fast ({cells[6]}), {cells[10]} of its memory";
    }

    private static IEnumerable<string> Cells(JsonObject line, bool bounds)
    {
        string S(string key) => line[key]!.GetValue<string>();
        double D(string key) => line[key]!.GetValue<double>();
        string F(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
        long our = line["ours_working_bytes"]!.GetValue<long>(), their = line["peer_working_bytes"]!.GetValue<long>();
        IEnumerable<string> cells =
        [
            S("workload"), S("dtype"), S("peer_dtype"), $"{new Seconds(D("ours_s"))}", $"{new Seconds(D("peer_s"))}",
            F($"{D("speedup"):F2}"), F($"{D("speedup_low"):F2} to {D("speedup_high"):F2}"), F($"{line["rounds"]!.GetValue<int>()}"),
            $"{new Bytes(our)}", $"{new Bytes(their)}", F($"{(double)our / their:F2}"), F($"{D("ours_last_loss"):G4} / {D("peer_last_loss"):G4}"),
        ];
        return bounds ? [.. cells, F($"{100 * D("share_of_flops_bound"):F0} %"), F($"{100 * D("share_of_bytes_bound"):F0} %")] : cells;
    }
}
