using System.Text.Json;
using System.Text.Json.Nodes;
using Headroom.Planning.Search;
using Headroom.Planning.Training;

namespace Headroom.Planning.Export;

/// <summary>A <c>ds_config.json</c> for <c>deepspeed --deepspeed_config</c> (deepspeed.ai, "DeepSpeed Configuration JSON").</summary>
public sealed class DeepSpeedExport : IPlanExport
{
    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true };

    public string Name => "deepspeed";

    public string FileName => "ds_config.json";

    public string? Obstacle(TrainingPlan plan)
    {
        TrainingLayout l = plan.Layout;
        if (l.Tensor > 1) return $"cuts every matrix over {l.Tensor} devices, which DeepSpeed's settings leave to the model's code (give --tensor 1)";
        if (l.Pipeline > 1) return $"has {l.Pipeline} pipeline stages, which DeepSpeed's settings leave to the model's code (give --stages 1)";
        if (l.Context > 1) return $"cuts sequences over {l.Context} devices, which DeepSpeed's settings leave to the model's code";
        return l.Expert > 1 ? $"spreads experts over {l.Expert} devices, which DeepSpeed's settings leave to the model's code" : null;
    }

    public string Write(TrainingPlan plan, string model)
    {
        TrainingLayout l = plan.Layout;
        var zero = new JsonObject { ["stage"] = l.Zero, ["overlap_comm"] = true, ["contiguous_gradients"] = true };
        if (l.Offload) zero["offload_optimizer"] = new JsonObject { ["device"] = "cpu", ["pin_memory"] = true };
        var settings = new JsonObject
        {
            ["train_batch_size"] = plan.Request.Batch,
            ["train_micro_batch_size_per_gpu"] = l.MicroBatch,
            ["gradient_accumulation_steps"] = l.Accumulation,
            ["gradient_clipping"] = 1.0,
            ["bf16"] = new JsonObject { ["enabled"] = true },
            ["zero_optimization"] = zero,
        };
        // What is recomputed is the model's own choice (gradient_checkpointing_enable() in transformers); this says how it is kept.
        if (l.Recompute != Recompute.None) settings["activation_checkpointing"] = new JsonObject { ["partition_activations"] = false, ["contiguous_memory_optimization"] = false };
        return settings.ToJsonString(Indented) + "\n";
    }
}
