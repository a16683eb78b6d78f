namespace Headroom.Graph.HuggingFace;

/// <summary>Nemotron-H: a pattern with a letter a layer, <c>M</c> for Mamba-2, <c>*</c> for attention, <c>-</c> for a feed-forward network, <c>E</c> for experts (Nemotron 3).</summary>
/// <remarks>arXiv:2504.03624. Positions come from the Mamba layers; attention has none.</remarks>
internal static class HybridReader
{
    private const string Pattern = "hybrid_override_pattern";

    public static ModelConfig Read(ConfigFields f, ModelFamily family, string modelType)
    {
        int hidden = f.Count("hidden_size"), layers = CommonReader.Layers(f), heads = f.Count("num_attention_heads");
        bool bias = f.Flag("attention_bias", false);
        string pattern = f.Text(Pattern);
        if (pattern.Length != layers) throw f.Fault(Pattern, $"has {pattern.Length} letters, and num_hidden_layers is {layers}");
        return new ModelConfig
        {
            Family = family,
            ModelType = modelType,
            Architecture = "",
            HiddenSize = hidden,
            Layers = CommonReader.Kinds(layers, i => pattern[i] switch
            {
                'M' => new LayerKind(Mixer.Mamba, FeedForward.None),
                '*' => new LayerKind(Mixer.Full, FeedForward.None),
                '-' => new LayerKind(Mixer.None, FeedForward.Dense),
                'E' => new LayerKind(Mixer.None, FeedForward.Experts),
                _ => throw f.Fault(Pattern, $"has the letter '{pattern[i]}' at {i}, which this version doesn't know"),
            }),
            Attention = new AttentionConfig
            {
                Heads = heads,
                KeyValueHeads = CommonReader.KeyValueHeads(f, heads),
                HeadDim = f.OptionalCount("attention_head_dim") ?? CommonReader.HeadDim(f, hidden, heads),
                InputBias = bias,
                OutputBias = bias,
            },
            IntermediateSize = f.Count("intermediate_size"),
            Gated = false,
            FeedForwardBias = f.Flag("mlp_bias", false),
            Experts = pattern.Contains('E', StringComparison.Ordinal) ? ExpertsReader.Read(f, family) : null,
            Mamba = Mamba(f),
            VocabularySize = f.Count("vocab_size"),
            MaximumPositions = f.OptionalCount("max_position_embeddings"),
            TiedEmbeddings = f.Flag("tie_word_embeddings", false),
            NormEpsilon = f.Number(f.Named("layer_norm_epsilon", "rms_norm_eps"), 1e-5),
            Activation = f.Text("mlp_hidden_act", "relu2"),
            Labels = CommonReader.Labels(f),
            WeightType = CommonReader.WeightType(f, f),
            Quantization = CommonReader.Quantization(f),
        };
    }

    private static MambaConfig Mamba(ConfigFields f)
    {
        int heads = f.Count("mamba_num_heads"), groups = f.Count("n_groups");
        if (heads % groups != 0) throw f.Fault("n_groups", $"is {groups}, and mamba_num_heads {heads} isn't a multiple of it");
        return new MambaConfig(heads, f.Count("mamba_head_dim"), f.Count("ssm_state_size"), groups, f.Count("conv_kernel"), f.Flag("use_conv_bias", true), f.Flag(f.Named("mamba_proj_bias", "use_bias"), false));
    }
}
