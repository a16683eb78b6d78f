using System.Text.Json;
using System.Text.Json.Nodes;
using Headroom.Planning.Search;
using Headroom.Planning.Training;

namespace Headroom.Cli.Planning;

/// <summary>Plans as JSON: SI units, names of quantities with their unit.</summary>
internal static class PlanJson
{
    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true };

    public static string Of(PlannedRequest planned, TrainingSearch search, SearchResult result)
    {
        SearchRequest r = planned.Request;
        return new JsonObject
        {
            ["model"] = planned.Model.Name,
            ["parameters"] = r.Shape.Parameters,
            ["tokens"] = r.Tokens,
            ["steps"] = r.Steps,
            ["batch_sequences"] = r.Batch,
            ["sequence_tokens"] = r.Sequence,
            ["goal"] = r.Goal.ToString().ToLowerInvariant(),
            ["assumptions"] = new JsonArray([.. planned.Assumptions.Select(a => (JsonNode)a)]),
            ["weighed"] = result.Weighed,
            ["pruned"] = result.Pruned,
            ["too_large"] = result.TooLarge,
            ["best"] = result.Best is TrainingPlan best ? Plan(best) : null,
            ["nearest_that_does_not_fit"] = result.Best is null && result.Smallest is TrainingPlan smallest ? Plan(smallest) : null,
            ["neighbours"] = result.Best is TrainingPlan b ? new JsonArray([.. Neighbour.Of(search, b).Select(n => (JsonNode)new JsonObject { ["change"] = n.Change, ["reason"] = n.Reason })]) : null,
            ["kinds"] = new JsonArray([.. result.Kinds.Select(p => (JsonNode)Plan(p))]),
            ["front"] = new JsonArray([.. result.Front.Select(p => (JsonNode)Plan(p))]),
        }.ToJsonString(Indented);
    }

    private static JsonObject Plan(TrainingPlan p)
    {
        TrainingLayout l = p.Layout;
        var interval = TrainingCalibration.For(p.Accelerator).Interval(p.Seconds);
        return new JsonObject
        {
            ["accelerator"] = p.Accelerator.Name,
            ["count"] = p.Count,
            ["layout"] = new JsonObject
            {
                ["tensor"] = l.Tensor, ["pipeline"] = l.Pipeline, ["data"] = l.Data, ["context"] = l.Context, ["expert"] = l.Expert, ["micro_batch"] = l.MicroBatch, ["accumulation"] = l.Accumulation, ["interleave"] = l.Interleave,
                ["recompute"] = l.Recompute.ToString().ToLowerInvariant(), ["zero"] = l.Zero, ["sequence_parallel"] = l.SequenceParallel, ["offload"] = l.Offload,
            },
            ["step_seconds"] = p.Time.Seconds,
            ["seconds"] = p.Seconds,
            ["seconds_low"] = interval?.Low,
            ["seconds_high"] = interval?.High,
            ["extrapolates"] = interval?.Extrapolates,
            ["usd"] = p.Dollars,
            ["joules"] = p.Joules,
            ["mfu"] = double.IsFinite(p.Mfu) ? p.Mfu : null,
            ["tokens_per_second"] = p.TokensPerSecond,
            ["memory_bytes"] = p.Memory.Total,
            ["memory"] = new JsonObject { ["weights"] = p.Memory.Weights, ["gradients"] = p.Memory.Gradients, ["optimizer"] = p.Memory.Optimizer, ["activations"] = p.Memory.Activations, ["logits"] = p.Memory.Logits, ["runtime"] = p.Memory.Runtime },
            ["step"] = new JsonObject([.. PlanView.Parts(p.Time).Select(x => KeyValuePair.Create<string, JsonNode?>(x.Name, x.Seconds))]),
        };
    }
}
