using System.Globalization;
using System.Text.Json.Nodes;
using Headroom.Evidence.Quantities;

namespace Headroom.Cli.Bench;

/// <summary>One workload, ours and a peer's in turn, each round in processes of their own: machines drift, a ratio taken in one run holds.</summary>
internal sealed record Comparison(string Workload, string Dtype, string PeerDtype, string Peer)
{
    public int Steps { get; init; } = 10;

    public int Rounds { get; init; } = 3;

    public int Threads { get; init; } = 2;

    public async Task<JsonObject> RunAsync(CancellationToken cancellation)
    {
        var ours = new List<JsonObject>();
        var theirs = new List<JsonObject>();
        var plan = await ChildProcess.JsonAsync(ChildProcess.Self, ["probe", "--workload", Workload, "--dtype", Dtype, "--threads", Text(Threads)], cancellation);
        for (int i = 0; i < Rounds; i++)
        {
            ours.Add(await ChildProcess.JsonAsync(ChildProcess.Self, ["bench", "step", .. Arguments(Dtype)], cancellation));
            theirs.Add(await ChildProcess.JsonAsync([Path.GetFullPath(Peer)], [.. Arguments(PeerDtype)], cancellation));
        }
        double our = Median(ours, "step_s"), their = Median(theirs, "step_s");
        return new JsonObject
        {
            ["workload"] = Workload,
            ["dtype"] = Dtype,
            ["peer_dtype"] = PeerDtype,
            ["ours_s"] = our,
            ["peer_s"] = their,
            ["speedup"] = Math.Round(their / our, 3),
            ["ours_working_bytes"] = Working(ours),
            ["peer_working_bytes"] = Working(theirs),
            ["ours_first_loss"] = Median(ours, "first_loss"),
            ["peer_first_loss"] = Median(theirs, "first_loss"),
            ["ours_last_loss"] = Median(ours, "last_loss"),
            ["peer_last_loss"] = Median(theirs, "last_loss"),
            ["ours_graph_bytes"] = (long)Median(ours, "graph_bytes"),
            ["planned_graph_bytes"] = Number(plan, "graph_bytes"),
            ["planned_working_bytes"] = Number(plan, "working_bytes"),
        };
    }

    /// <summary>The line for people.</summary>
    public static string Describe(JsonObject line)
    {
        string S(string key) => line[key]!.GetValue<string>();
        double D(string key) => line[key]!.GetValue<double>();
        var our = new Bytes(line["ours_working_bytes"]!.GetValue<long>());
        var their = new Bytes(line["peer_working_bytes"]!.GetValue<long>());
        return string.Create(CultureInfo.InvariantCulture, $"{S("workload"),-9} {S("dtype")} {new Seconds(D("ours_s"))} a step, peer ({S("peer_dtype")}) {new Seconds(D("peer_s"))}: {D("speedup"):F2} times as fast; {our} against {their}: {(double)our.Value / their.Value:F2} of its memory; loss {D("ours_last_loss"):G4} against {D("peer_last_loss"):G4}");
    }

    private IEnumerable<string> Arguments(string dtype) => [Workload, "--dtype", dtype, "--steps", Text(Steps), "--threads", Text(Threads)];

    private static string Text(int value) => value.ToString(CultureInfo.InvariantCulture);

    private static long Number(JsonObject o, string key) => o[key]!.GetValue<long>();

    private static long Working(List<JsonObject> runs)
    {
        long[] all = [.. runs.Select(r => (long)(Value(r, "peak_rss_bytes") - Value(r, "baseline_rss_bytes"))).Order()];
        return all[all.Length / 2];
    }

    private static double Median(List<JsonObject> runs, string key)
    {
        double[] all = [.. runs.Select(r => Value(r, key)).Order()];
        return all[all.Length / 2];
    }

    private static double Value(JsonObject run, string key) => run[key] is JsonValue v && v.TryGetValue(out double d)
        ? d
        : throw new Evidence.InputException("the peer's line", $"it lacks the number '{key}': {run.ToJsonString()}", "The keys are listed in bench/peers/README.md.");
}
