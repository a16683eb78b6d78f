using System.Globalization;
using Headroom.Planning.Search;
using Headroom.Planning.Training;

namespace Headroom.Planning.Export;

/// <summary>Arguments for Megatron-LM's <c>pretrain_gpt.py</c> (megatron/training/arguments.py), as a shell script.</summary>
public sealed class MegatronExport : IPlanExport
{
    public string Name => "megatron";

    public string FileName => "megatron.sh";

    public string? Obstacle(TrainingPlan plan) => plan switch
    {
        { Request.Job.AdapterParameters: not null } => "trains adapters beside frozen weights, for which Megatron-LM has no settings",
        { Layout.Offload: true } => "keeps the optimizer in the host's memory",
        { Layout.Zero: 2 } => "keeps gradients in parts without weights (ZeRO 2), which Megatron-LM doesn't (it has ZeRO 1 as its distributed optimizer, and 3 as FSDP)",
        _ => null,
    };

    public string Write(TrainingPlan plan, string model)
    {
        TrainingLayout l = plan.Layout;
        var shape = plan.Request.Shape;
        string[] arguments =
        [
            $"--num-layers {shape.Layers}", $"--hidden-size {shape.Hidden}", $"--ffn-hidden-size {shape.Intermediate}", $"--num-attention-heads {shape.Heads}",
            .. shape.KeyValueHeads < shape.Heads ? (string[])["--group-query-attention", $"--num-query-groups {shape.KeyValueHeads}"] : [],
            $"--seq-length {plan.Request.Sequence}", $"--max-position-embeddings {plan.Request.Sequence}",
            $"--tensor-model-parallel-size {l.Tensor}", $"--pipeline-model-parallel-size {l.Pipeline}", $"--context-parallel-size {l.Context}",
            .. l.Expert > 1 ? (string[])[$"--expert-model-parallel-size {l.Expert}"] : [],
            .. l.SequenceParallel && l.Tensor > 1 ? (string[])["--sequence-parallel"] : [],
            .. l.Interleave > 1 ? (string[])[$"--num-layers-per-virtual-pipeline-stage {shape.Layers / l.Pipeline / l.Interleave}"] : [],
            $"--micro-batch-size {l.MicroBatch}", $"--global-batch-size {plan.Request.Batch}", $"--train-iters {plan.Steps.ToString(CultureInfo.InvariantCulture)}",
            .. l.Recompute switch
            {
                Recompute.Full => ["--recompute-granularity full", "--recompute-method uniform", "--recompute-num-layers 1"],
                Recompute.Selective => (string[])["--recompute-granularity selective"],
                _ => [],
            },
            .. l.Zero switch { 0 => (string[])[], 3 => ["--use-megatron-fsdp", "--data-parallel-sharding-strategy optim_grads_params", "--use-distributed-optimizer"], _ => ["--use-distributed-optimizer", "--overlap-grad-reduce", "--overlap-param-gather"] },
            "--bf16", "--use-flash-attn",
        ];
        int perNode = Math.Min(plan.Count, plan.NodeSize);
        return $"""
            #!/usr/bin/env bash
            # {model} on {plan.Count} x {plan.Accelerator.Name}: run on every node, with MASTER_ADDR and NODE_RANK set; data and tokenizer arguments are yours to add.
            set -euo pipefail
            torchrun --nproc-per-node {perNode} --nnodes {(plan.Count + perNode - 1) / perNode} --node-rank "$NODE_RANK" --master-addr "$MASTER_ADDR" pretrain_gpt.py \
              {string.Join(" \\\n  ", arguments)} \
              "$@"

            """;
    }
}
