namespace Headroom.Graph.HuggingFace;

/// <summary>Decoders in Llama's shape: rotary attention and a feed-forward network a layer, with what each family adds.</summary>
internal static class DecoderReader
{
    /// <summary>Its files leave out of the <c>text_config</c> what the class has by default.</summary>
    private const string Gemma3 = "gemma3";

    /// <param name="root">The whole file.</param>
    /// <param name="family">Its family.</param>
    /// <param name="modelType">Its name in the file.</param>
    public static ModelConfig Read(ConfigFields root, ModelFamily family, string modelType)
    {
        ConfigFields f = root.Object("text_config") ?? root;
        int hidden = f.Count("hidden_size"), layers = CommonReader.Layers(f);
        ConfigFields tied = root.Has("tie_word_embeddings") ? root : f;
        var config = new ModelConfig
        {
            Family = family,
            ModelType = modelType,
            Architecture = "",
            HiddenSize = hidden,
            Layers = DecoderLayers.Read(f, family, modelType, layers),
            Attention = Attention(f, family, modelType, hidden),
            Latent = family is ModelFamily.DeepSeekV2 or ModelFamily.DeepSeekV3 or ModelFamily.GlmMoeDsa ? Latent(f, family) : null,
            Window = f.OptionalCount(family == ModelFamily.Llama4 ? "attention_chunk_size" : "sliding_window"),
            IntermediateSize = f.Count(family == ModelFamily.Llama4 ? f.Named("intermediate_size_mlp", "intermediate_size") : "intermediate_size"),
            Gated = family != ModelFamily.Phi,
            FeedForwardBias = family == ModelFamily.Phi || (family is ModelFamily.Llama or ModelFamily.Granite && f.Flag("mlp_bias", false)),
            Experts = ExpertsReader.Read(f, family),
            VocabularySize = f.Count("vocab_size", modelType == Gemma3 ? 262_208 : null),
            MaximumPositions = f.OptionalCount("max_position_embeddings"),
            TiedEmbeddings = tied.Flag("tie_word_embeddings", family is ModelFamily.Gemma or ModelFamily.Gemma4),
            NormEpsilon = family == ModelFamily.Phi ? f.Number("layer_norm_eps", 1e-5) : f.Number("rms_norm_eps", family == ModelFamily.Olmo ? 1e-5 : 1e-6),
            Rope = CommonReader.Rope(f),
            Activation = f.Text(f.Named("hidden_act", "hidden_activation"), "silu"),
            Labels = CommonReader.Labels(root),
            PredictionLayers = f.Count("num_nextn_predict_layers", 0, least: 0),
            WeightType = CommonReader.WeightType(root, f),
            Quantization = CommonReader.Quantization(root),
            Vision = root.Object("vision_config") is ConfigFields vision ? VisionReader.Read(vision, family, hidden) : null,
        };
        return family == ModelFamily.Gemma4 ? Gemma(config, f) : config;
    }

    private static AttentionConfig Attention(ConfigFields f, ModelFamily family, string modelType, int hidden)
    {
        int heads = f.Count("num_attention_heads", modelType == Gemma3 ? 8 : null);
        bool bias = modelType is not ("mistral" or "mixtral") && f.Flag("attention_bias", family == ModelFamily.GptOss);
        // With latent attention a head's width is given apart, and head_dim means something else.
        bool latent = family is ModelFamily.DeepSeekV2 or ModelFamily.DeepSeekV3 or ModelFamily.GlmMoeDsa;
        int dim = latent ? f.Count("qk_nope_head_dim") : family == ModelFamily.Gemma ? f.Count("head_dim", 256) : CommonReader.HeadDim(f, hidden, heads);
        if (!latent && dim % 2 != 0) throw f.Fault(f.Has("head_dim") ? "head_dim" : "hidden_size", $"gives heads of {dim} elements; rotary positions turn pairs");
        return new AttentionConfig
        {
            Heads = heads,
            KeyValueHeads = CommonReader.KeyValueHeads(f, heads, otherwise: modelType == Gemma3 ? 4 : null),
            HeadDim = dim,
            InputBias = family is ModelFamily.Qwen2 or ModelFamily.Phi || (family == ModelFamily.Qwen2Moe ? f.Flag("qkv_bias", true) : bias),
            OutputBias = family == ModelFamily.Phi || (family is not (ModelFamily.Qwen2 or ModelFamily.Qwen2Moe) && bias),
            NormedHeads = family is ModelFamily.Qwen3 or ModelFamily.Qwen3Moe or ModelFamily.Gemma4 || modelType is "gemma3" or "gemma3_text" || (family == ModelFamily.Phi && f.Flag("qk_layernorm", false)),
            NormedProjections = family == ModelFamily.Olmo2,
            Sinks = family == ModelFamily.GptOss,
        };
    }

    private static LatentAttentionConfig Latent(ConfigFields f, ModelFamily family)
    {
        int rotary = f.Count("qk_rope_head_dim");
        if (rotary % 2 != 0) throw f.Fault("qk_rope_head_dim", $"is {rotary}; rotary positions turn pairs");
        IndexerConfig? indexer = family == ModelFamily.GlmMoeDsa ? new IndexerConfig(f.Count("index_n_heads"), f.Count("index_head_dim"), f.Count("index_topk")) : null;
        int? queries = indexer is null ? f.OptionalCount("q_lora_rank") : f.Count("q_lora_rank");
        return new LatentAttentionConfig(queries, f.Count("kv_lora_rank"), f.Count("qk_nope_head_dim"), rotary, f.Count("v_head_dim"), indexer);
    }

    /// <summary>Gemma 4: full layers with wider heads, fewer of them for keys, and values made from the keys.</summary>
    private static ModelConfig Gemma(ModelConfig config, ConfigFields f)
    {
        foreach (string key in new[] { "num_kv_shared_layers", "hidden_size_per_layer_input" })
            if (f.Count(key, 0, least: 0) != 0) throw f.Fault(key, $"is {f.Count(key)}: this version doesn't know the small Gemma 4 models");
        int heads = config.Attention.Heads;
        bool shared = f.Flag("attention_k_eq_v", false);
        return config with
        {
            WindowedAttention = config.Attention,
            Attention = config.Attention with
            {
                HeadDim = f.Count("global_head_dim", config.Attention.HeadDim),
                KeyValueHeads = shared && f.Has("num_global_key_value_heads") ? CommonReader.KeyValueHeads(f, heads, "num_global_key_value_heads") : config.Attention.KeyValueHeads,
                ValuesAreKeys = shared,
            },
            WindowedRope = CommonReader.Rope(f, "sliding_attention"),
        };
    }
}
