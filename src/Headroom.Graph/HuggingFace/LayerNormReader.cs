namespace Headroom.Graph.HuggingFace;

/// <summary>Decoders with layer norms, each in its own keys; keys that a file leaves out have the values of the family's class in transformers.</summary>
internal static class LayerNormReader
{
    // OPT's position table begins two rows early (transformers, modeling_opt.py, OPTLearnedPositionalEmbedding).
    private const int OptOffset = 2;

    public static ModelConfig Read(ConfigFields f, ModelFamily family, string modelType) => modelType switch
    {
        "gpt_neox" => NeoX(f, family, modelType),
        "gptj" => GptJ(f, family, modelType),
        "gpt_neo" => GptNeo(f, family, modelType),
        "falcon" => Falcon(f, family, modelType),
        "mpt" => Mpt(f, family, modelType),
        "bloom" => Bloom(f, family, modelType),
        "opt" => Opt(f, family, modelType),
        "stablelm" => StableLm(f, family, modelType),
        "cohere" => Cohere(f, family, modelType),
        "nemotron" => Nemotron(f, family, modelType),
        "gpt_bigcode" => BigCode(f, family, modelType),
        _ => StarCoder(f, family, modelType),
    };

    private static ModelConfig NeoX(ConfigFields f, ModelFamily family, string type)
    {
        bool bias = f.Flag("attention_bias", true);
        ModelConfig c = Common(f, family, type, "hidden_size", "num_hidden_layers", "num_attention_heads", f.Count("intermediate_size"));
        return c with { Attention = c.Attention with { InputBias = bias, OutputBias = bias }, Rope = new RopeConfig { Theta = f.Number("rotary_emb_base", 10_000), Part = Part(f, "rotary_pct", 0.25) }, TiedEmbeddings = f.Flag("tie_word_embeddings", false) };
    }

    private static ModelConfig GptJ(ConfigFields f, ModelFamily family, string type)
    {
        ModelConfig c = Common(f, family, type, "n_embd", "n_layer", "n_head", f.OptionalCount("n_inner"));
        return c with
        {
            Attention = c.Attention with { InputBias = false, OutputBias = false }, MaximumPositions = f.OptionalCount("n_positions"), TiedEmbeddings = f.Flag("tie_word_embeddings", false),
            LayerNorms = c.LayerNorms! with { PerLayer = 1, HeadBias = true },
        };
    }

    private static ModelConfig GptNeo(ConfigFields f, ModelFamily family, string type)
    {
        ModelConfig c = Common(f, family, type, "hidden_size", "num_layers", "num_heads", f.OptionalCount("intermediate_size"));
        string[]? kinds = CommonReader.PerLayer(f, "attention_layers", c.Layers.Length);
        int window = f.Count("window_size", 256);
        return c with
        {
            Attention = c.Attention with { InputBias = false }, Window = window,
            Layers = CommonReader.Kinds(c.Layers.Length, i => new LayerKind((kinds is null ? i % 2 == 1 : kinds[i] == "local") ? Mixer.Windowed : Mixer.Full, FeedForward.Dense)),
            LayerNorms = c.LayerNorms! with { PositionRows = f.Count("max_position_embeddings") },
        };
    }

    private static ModelConfig Falcon(ConfigFields f, ModelFamily family, string type)
    {
        bool grouped = f.Flag("new_decoder_architecture", false), bias = f.Flag("bias", false), beside = grouped || f.Flag("parallel_attn", true);
        ModelConfig c = Common(f, family, type, f.Named("hidden_size", "n_embed"), f.Named("num_hidden_layers", "n_layer"), f.Named("num_attention_heads", "n_head"), f.OptionalCount("ffn_hidden_size"));
        int heads = c.Attention.Heads, keys = grouped ? CommonReader.KeyValueHeads(f, heads, "num_kv_heads") : f.Flag("multi_query", true) ? 1 : heads;
        // From one norm or, in the newer layers unless they say one, from two.
        int norms = f.OptionalCount("num_ln_in_parallel_attn") ?? (grouped || !beside ? 2 : 1);
        return c with { Attention = c.Attention with { KeyValueHeads = keys, InputBias = bias, OutputBias = bias }, FeedForwardBias = bias, Rope = f.Flag("alibi", false) ? null : CommonReader.Rope(f), LayerNorms = c.LayerNorms! with { PerLayer = norms } };
    }

    private static ModelConfig Mpt(ConfigFields f, ModelFamily family, string type)
    {
        bool bias = !f.Flag("no_bias", true);
        int hidden = f.Count("d_model");
        double wide = hidden * f.Number("expansion_ratio", 4);
        if (wide > int.MaxValue) throw f.Fault("expansion_ratio", $"times d_model {hidden} gives more than {int.MaxValue}");
        ModelConfig c = Common(f, family, type, "d_model", "n_layers", "n_heads", (int)wide);
        ConfigFields? attention = f.Object("attn_config");
        int heads = c.Attention.Heads;
        string kind = attention?.Text("attn_type", "multihead_attention") ?? "multihead_attention";
        int keys = kind switch { "multihead_attention" => heads, "multiquery_attention" => 1, _ => CommonReader.KeyValueHeads(attention!, heads, "kv_n_heads") };
        return c with
        {
            Attention = c.Attention with { KeyValueHeads = keys, InputBias = bias, OutputBias = bias }, FeedForwardBias = bias, MaximumPositions = f.OptionalCount("max_seq_len"),
            LayerNorms = c.LayerNorms! with { Bias = bias, PositionRows = attention?.Flag("alibi", true) == false && f.Flag("learned_pos_emb", true) ? f.Count("max_seq_len") : 0 },
        };
    }

    private static ModelConfig Bloom(ConfigFields f, ModelFamily family, string type)
    {
        ModelConfig c = Common(f, family, type, f.Named("hidden_size", "n_embed", "n_embd"), f.Named("n_layer", "num_hidden_layers"), f.Named("n_head", "num_attention_heads"), f.OptionalCount("n_inner"));
        return c with { MaximumPositions = f.OptionalCount("seq_length"), LayerNorms = c.LayerNorms! with { AfterTokens = true } };
    }

    private static ModelConfig Opt(ConfigFields f, ModelFamily family, string type)
    {
        ModelConfig c = Common(f, family, type, "hidden_size", "num_hidden_layers", "num_attention_heads", f.Count("ffn_dim"));
        bool bias = f.Flag("enable_bias", true), before = f.Flag("do_layer_norm_before", true);
        int positions = f.Count("max_position_embeddings", most: int.MaxValue - OptOffset);
        return c with
        {
            Attention = c.Attention with { InputBias = bias, OutputBias = bias }, FeedForwardBias = bias,
            LayerNorms = c.LayerNorms! with { PositionRows = positions + OptOffset, TokenWidth = f.Count("word_embed_proj_dim", c.HiddenSize), Last = before && !f.Flag("_remove_final_layer_norm", false) },
        };
    }

    private static ModelConfig StableLm(ConfigFields f, ModelFamily family, string type)
    {
        ModelConfig c = Common(f, family, type, "hidden_size", "num_hidden_layers", "num_attention_heads", f.Count("intermediate_size"));
        return c with
        {
            Attention = c.Attention with { KeyValueHeads = CommonReader.KeyValueHeads(f, c.Attention.Heads), InputBias = f.Flag("use_qkv_bias", false), OutputBias = false, NormedProjections = f.Flag("qk_layernorm", false) },
            Gated = true, FeedForwardBias = false, Rope = CommonReader.Rope(f), TiedEmbeddings = f.Flag("tie_word_embeddings", false),
            LayerNorms = c.LayerNorms! with { PerLayer = f.Flag("use_parallel_residual", false) ? 1 : 2 },
        };
    }

    private static ModelConfig StarCoder(ConfigFields f, ModelFamily family, string type)
    {
        bool bias = f.Flag("use_bias", true);
        ModelConfig c = Common(f, family, type, "hidden_size", "num_hidden_layers", "num_attention_heads", f.Count("intermediate_size"));
        bool windowed = f.Has("sliding_window");
        return c with
        {
            Attention = c.Attention with { KeyValueHeads = CommonReader.KeyValueHeads(f, c.Attention.Heads), InputBias = bias, OutputBias = bias }, FeedForwardBias = bias, Rope = CommonReader.Rope(f),
            Window = f.OptionalCount("sliding_window"), Layers = CommonReader.Kinds(c.Layers.Length, _ => new LayerKind(windowed ? Mixer.Windowed : Mixer.Full, FeedForward.Dense)),
        };
    }

    private static ModelConfig Cohere(ConfigFields f, ModelFamily family, string type)
    {
        bool bias = f.Flag("attention_bias", false);
        ModelConfig c = Common(f, family, type, "hidden_size", "num_hidden_layers", "num_attention_heads", f.Count("intermediate_size"));
        return c with
        {
            Attention = c.Attention with { KeyValueHeads = CommonReader.KeyValueHeads(f, c.Attention.Heads), InputBias = bias, OutputBias = bias, NormedProjections = f.Flag("use_qk_norm", false) },
            Gated = true, FeedForwardBias = false, Rope = CommonReader.Rope(f), Activation = f.Text("hidden_act", "silu"), LayerNorms = c.LayerNorms! with { PerLayer = 1, Bias = false },
        };
    }

    private static ModelConfig Nemotron(ConfigFields f, ModelFamily family, string type)
    {
        bool bias = f.Flag("attention_bias", false);
        ModelConfig c = Common(f, family, type, "hidden_size", "num_hidden_layers", "num_attention_heads", f.Count("intermediate_size"));
        return c with
        {
            Attention = c.Attention with { KeyValueHeads = CommonReader.KeyValueHeads(f, c.Attention.Heads), InputBias = bias, OutputBias = bias }, FeedForwardBias = f.Flag("mlp_bias", false),
            Rope = CommonReader.Rope(f) with { Part = Part(f, "partial_rotary_factor", 0.5) }, TiedEmbeddings = f.Flag("tie_word_embeddings", false), Activation = f.Text("hidden_act", "relu2"),
        };
    }

    private static ModelConfig BigCode(ConfigFields f, ModelFamily family, string type)
    {
        ModelConfig c = Common(f, family, type, f.Named("n_embd", "hidden_size"), f.Named("n_layer", "num_hidden_layers"), f.Named("n_head", "num_attention_heads"), f.OptionalCount("n_inner"));
        int positions = f.Count(f.Named("n_positions", "max_position_embeddings"));
        return c with
        {
            Attention = c.Attention with { KeyValueHeads = f.Flag("multi_query", true) ? 1 : c.Attention.Heads }, MaximumPositions = positions,
            Activation = f.Text("activation_function", "gelu_pytorch_tanh"), LayerNorms = c.LayerNorms! with { PositionRows = positions },
        };
    }

    /// <summary>What all have: as many key heads as query heads, biases everywhere, two norms a layer, a tied head; each family then changes what differs.</summary>
    private static ModelConfig Common(ConfigFields f, ModelFamily family, string type, string hiddenKey, string layersKey, string headsKey, int? inner)
    {
        int hidden = f.Count(hiddenKey), heads = f.Count(headsKey), layers = CommonReader.Layers(f, layersKey);
        if (inner is null && hidden > int.MaxValue / 4) throw f.Fault(hiddenKey, $"is {hidden}, more than {int.MaxValue / 4}");
        return new ModelConfig
        {
            Family = family,
            ModelType = type,
            Architecture = "",
            HiddenSize = hidden,
            Layers = CommonReader.Kinds(layers, _ => new LayerKind(Mixer.Full, FeedForward.Dense)),
            Attention = new AttentionConfig { Heads = heads, KeyValueHeads = heads, HeadDim = f.OptionalCount("head_dim") ?? CommonReader.Split(f, hidden, heads, headsKey, hiddenKey), InputBias = true, OutputBias = true },
            IntermediateSize = inner ?? 4 * hidden,
            Gated = false,
            FeedForwardBias = true,
            VocabularySize = f.Count("vocab_size"),
            MaximumPositions = f.OptionalCount("max_position_embeddings"),
            TiedEmbeddings = f.Flag("tie_word_embeddings", true),
            NormEpsilon = f.Number(f.Named("layer_norm_eps", "layer_norm_epsilon", "norm_epsilon", "norm_eps"), 1e-5),
            Activation = f.Text(f.Named("hidden_act", "activation_function"), "gelu"),
            Labels = CommonReader.Labels(f),
            WeightType = CommonReader.WeightType(f, f),
            Quantization = CommonReader.Quantization(f),
            LayerNorms = new LayerNormConfig { PerLayer = 2, TokenWidth = hidden },
        };
    }

    private static double Part(ConfigFields f, string key, double otherwise)
    {
        double part = f.Number(key, otherwise);
        return part <= 1 ? part : throw f.Fault(key, $"is {part}, which is more than a whole head");
    }
}
