using System.Globalization;
using Headroom.Planning.Search;

namespace Headroom.Planning.Export;

/// <summary>The command that serves a model with vLLM (docs.vllm.ai, "Engine arguments"), by a serving plan.</summary>
public static class VllmExport
{
    /// <summary>The file that it goes into.</summary>
    public const string FileName = "vllm.sh";

    /// <summary>The command.</summary>
    /// <param name="plan">A serving plan.</param>
    /// <param name="model">The model's folder or its name at Hugging Face.</param>
    public static string Write(ServingPlan plan, string model)
    {
        var load = plan.Request.Load;
        string[] arguments =
        [
            $"--tensor-parallel-size {plan.Layout.Tensor}", $"--max-model-len {(long)(load.Input + load.Output)}", $"--max-num-seqs {plan.Batch}", $"--gpu-memory-utilization {plan.Layout.MemoryShare.ToString("0.##", CultureInfo.InvariantCulture)}",
            .. plan.Layout.KvBits < 16 ? (string[])["--kv-cache-dtype fp8"] : [],
            .. plan.Layout.WeightBits == 8 ? (string[])["--quantization fp8"] : [],
            "--enable-prefix-caching",
        ];
        string packed = plan.Layout.WeightBits < 8 ? $"# The plan has weights of {plan.Layout.WeightBits} bits: name a checkpoint that was quantised so (AWQ or GPTQ); vLLM sees it by itself.\n" : "";
        return $"""
            #!/usr/bin/env bash
            # {model} on {plan.Count} x {plan.Accelerator.Name}
            {packed}set -euo pipefail
            vllm serve "$MODEL" \
              {string.Join(" \\\n  ", arguments)} \
              "$@"

            """;
    }
}
