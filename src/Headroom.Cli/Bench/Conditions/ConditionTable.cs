using System.Globalization;
using System.Text.Json.Nodes;
using Headroom.Evidence.Quantities;
using Spectre.Console;

namespace Headroom.Cli.Bench.Conditions;

/// <summary>A workload's conditions for people.</summary>
internal static class ConditionTable
{
    public static void Print(IReadOnlyList<JsonObject> lines)
    {
        Table table = new Table().Border(TableBorder.Minimal).AddColumns("workload", "dtype", "condition");
        foreach (string column in (string[])["batch", "threads", "a step", "95 % interval", "rounds", "rows/s", "as usual", "memory"]) table.AddColumn(new TableColumn(column).RightAligned().NoWrap());
        foreach (JsonObject line in lines) table.AddRow([.. Cells(line).Select(Markup.Escape)]);
        if (Console.IsOutputRedirected) AnsiConsole.Profile.Width = 160;
        AnsiConsole.Write(table);
    }

    private static IEnumerable<string> Cells(JsonObject line)
    {
        string S(string key) => line[key]!.GetValue<string>();
        double D(string key) => line[key]!.GetValue<double>();
        string N(string key) => line[key]!.ToJsonString();
        string F(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
        return
        [
            S("workload"), S("dtype"), S("condition"), N("batch"), N("threads"), $"{new Seconds(D("step_s"))}", $"{new Seconds(D("step_low_s"))} to {new Seconds(D("step_high_s"))}", N("rounds"),
            F($"{D("rows_per_s"):N0}"), F($"{D("rows_against_usual"):F2}"), $"{new Bytes(line["working_bytes"]!.GetValue<long>())}",
        ];
    }
}
