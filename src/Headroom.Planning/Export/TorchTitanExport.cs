using System.Globalization;
using Headroom.Planning.Search;
using Headroom.Planning.Training;

namespace Headroom.Planning.Export;

/// <summary>Options for torchtitan's trainer, FSDP and the rest (torchtitan/config/configs.py of August 2026), as a shell script.</summary>
public sealed class TorchTitanExport : IPlanExport
{
    public string Name => "torchtitan";

    public string FileName => "torchtitan.sh";

    public string? Obstacle(TrainingPlan plan)
    {
        TrainingLayout l = plan.Layout;
        if (plan.Request.Job.AdapterParameters is not null) return "trains adapters beside frozen weights, for which torchtitan has no settings";
        if (l.Zero is 1 or 2) return $"shards {(l.Zero == 1 ? "the optimizer" : "optimizer and gradients")} alone (ZeRO {l.Zero}); torchtitan's FSDP shards the weights too, or nothing";
        return l.Offload ? "keeps the optimizer in the host's memory, which torchtitan can't" : null;
    }

    public string Write(TrainingPlan plan, string model)
    {
        TrainingLayout l = plan.Layout;
        long tokens = plan.Request.Sequence;
        int stages = Math.Max(1, l.Pipeline);
        // A rank's tokens of one forward pass; pipelining cuts a step into micro-batches of them.
        string[] options =
        [
            $"--training.max_context_length {tokens}",
            $"--training.num_tokens_per_microbatch_per_dp_rank {(l.MicroBatch * tokens).ToString(CultureInfo.InvariantCulture)}",
            $"--training.num_tokens_per_train_step {(plan.Request.Batch * tokens).ToString(CultureInfo.InvariantCulture)}",
            $"--training.steps {plan.Steps.ToString(CultureInfo.InvariantCulture)}",
            $"--parallelism.data_parallel_replicate_degree {(l.Zero == 3 ? 1 : l.Data)}",
            $"--parallelism.data_parallel_shard_degree {(l.Zero == 3 ? l.Data : 1)}",
            $"--parallelism.tensor_parallel_degree {l.Tensor}",
            $"--parallelism.context_parallel_degree {l.Context}",
            $"--parallelism.pipeline_parallel_degree {stages}",
            .. stages > 1 ? (string[])[$"--parallelism.pipeline_parallel_schedule {(l.Interleave > 1 ? "Interleaved1F1B" : "1F1B")}", $"--parallelism.num_pp_microbatches {l.Accumulation}"] : [],
            .. l.Expert > 1 ? (string[])[$"--parallelism.expert_parallel_degree {l.Expert}"] : [],
        ];
        int perNode = Math.Min(plan.Count, plan.NodeSize);
        string recompute = l.Recompute switch { Recompute.Full => "FullAC.Config()", Recompute.Selective => "SelectiveAC.Config()", _ => "None" };
        return $"""
            #!/usr/bin/env bash
            # {model} on {plan.Count} x {plan.Accelerator.Name}: run on every node, with MASTER_ADDR set. MODULE and CONFIG name torchtitan's model.
            # In that config's registry, set activation_checkpoint={recompute}: it is no option of the command line.
            set -euo pipefail
            torchrun --nproc_per_node {perNode} --nnodes {(plan.Count + perNode - 1) / perNode} --rdzv_backend c10d --rdzv_endpoint "$MASTER_ADDR:29500" -m torchtitan.train \
              --module "$MODULE" --config "$CONFIG" \
              {string.Join(" \\\n  ", options)} \
              "$@"

            """;
    }
}
