namespace Headroom.Graph.HuggingFace;

/// <summary>The experts, in each family's own keys.</summary>
internal static class ExpertsReader
{
    public static ExpertsConfig? Read(ConfigFields f, ModelFamily family) => family switch
    {
        ModelFamily.Mixtral => Checked(f, "num_local_experts", "num_experts_per_tok", "intermediate_size"),
        ModelFamily.Qwen3Moe => Checked(f, f.Named("num_experts", "num_local_experts"), "num_experts_per_tok", "moe_intermediate_size"),
        ModelFamily.GptOss => Checked(f, "num_local_experts", f.Named("num_experts_per_tok", "experts_per_token"), "intermediate_size") with { Bias = true },
        ModelFamily.Qwen2Moe => Checked(f, "num_experts", "num_experts_per_tok", "moe_intermediate_size") with { SharedIntermediateSize = f.Count("shared_expert_intermediate_size"), SharedGate = true },
        ModelFamily.DeepSeekV2 => Shared(f, Checked(f, "n_routed_experts", "num_experts_per_tok", "moe_intermediate_size")),
        ModelFamily.DeepSeekV3 or ModelFamily.GlmMoeDsa => Shared(f, Checked(f, "n_routed_experts", "num_experts_per_tok", "moe_intermediate_size")) with { CorrectionBias = true },
        ModelFamily.NemotronH => Checked(f, "n_routed_experts", "num_experts_per_tok", "moe_intermediate_size") with
        {
            SharedIntermediateSize = f.Count("moe_shared_expert_intermediate_size", 0, least: 0),
            LatentSize = f.OptionalCount("moe_latent_size"),
            CorrectionBias = true,
        },
        // Every token passes one expert besides, of the same width.
        ModelFamily.Llama4 => Checked(f, "num_local_experts", "num_experts_per_tok", "intermediate_size") with { SharedIntermediateSize = f.Count("intermediate_size") },
        ModelFamily.Gemma4 when f.Flag("enable_moe_block", false) => Checked(f, "num_experts", f.Named("top_k_experts", "num_experts_per_tok"), "moe_intermediate_size"),
        _ => null,
    };

    private static ExpertsConfig Checked(ConfigFields f, string number, string active, string width)
    {
        int all = f.Count(number), few = f.Count(active);
        return few <= all ? new ExpertsConfig { Number = all, Active = few, IntermediateSize = f.Count(width) } : throw f.Fault(active, $"is {few}, and {number} is {all}");
    }

    private static ExpertsConfig Shared(ConfigFields f, ExpertsConfig experts)
    {
        int shared = f.Count("n_shared_experts", 0, least: 0);
        long width = (long)shared * experts.IntermediateSize;
        return width <= int.MaxValue ? experts with { SharedIntermediateSize = (int)width } : throw f.Fault("n_shared_experts", $"is {shared}, too many for a width of {experts.IntermediateSize}");
    }
}
