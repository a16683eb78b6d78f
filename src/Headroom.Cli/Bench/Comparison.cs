using System.Text.Json.Nodes;
using Headroom.Planning;

namespace Headroom.Cli.Bench;

/// <summary>One row: ours at a precision beside a peer at one.</summary>
internal sealed record Comparison(string Workload, Contender Ours, Contender Peer)
{
    /// <summary>The peer's time over ours, round by round: both see the same minute of the machine.</summary>
    public Spread Speedup => Spread.Of([.. Peer.Values("step_s").Zip(Ours.Values("step_s"), (their, our) => their / our)]);

    /// <summary>The JSON line; README.md of bench/peers has the peers' keys, this has ours.</summary>
    public JsonObject Line(StepArguments step, OwnPlan plan)
    {
        Spread speedup = Speedup;
        double our = Ours.Median("step_s");
        var line = new JsonObject
        {
            ["workload"] = Workload,
            ["dtype"] = Ours.Dtype,
            ["peer_dtype"] = Peer.Dtype,
            ["ours_s"] = our,
            ["peer_s"] = Peer.Median("step_s"),
            ["speedup"] = Math.Round(speedup.Median, 3),
            ["speedup_low"] = Math.Round(speedup.Low, 3),
            ["speedup_high"] = Math.Round(speedup.High, 3),
            ["rounds"] = speedup.Count,
            ["steps"] = step.Steps,
            ["threads"] = step.Threads,
            ["ours_working_bytes"] = Ours.WorkingBytes,
            ["peer_working_bytes"] = Peer.WorkingBytes,
            ["ours_first_loss"] = Ours.Median("first_loss"),
            ["peer_first_loss"] = Peer.Median("first_loss"),
            ["ours_last_loss"] = Ours.Median("last_loss"),
            ["peer_last_loss"] = Peer.Median("last_loss"),
            ["ours_graph_bytes"] = (long)Ours.Median("graph_bytes"),
            ["planned_graph_bytes"] = plan.GraphBytes,
            ["planned_working_bytes"] = plan.WorkingBytes,
        };
        if (plan.Bound is StepBound bound)
        {
            line["flops_bound_s"] = Math.Round(bound.Compute.Value, 6);
            line["bytes_bound_s"] = Math.Round(bound.Memory.Value, 6);
            line["share_of_flops_bound"] = Math.Round(bound.Compute.Value / our, 3);
            line["share_of_bytes_bound"] = Math.Round(bound.Memory.Value / our, 3);
            line["rest_by_operator_s"] = new JsonObject(plan.Rest.Select(r => KeyValuePair.Create(r.Operator, (JsonNode?)Math.Round(r.Seconds, 6))));
        }
        return line;
    }
}
