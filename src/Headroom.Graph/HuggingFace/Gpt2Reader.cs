namespace Headroom.Graph.HuggingFace;

/// <summary>GPT-2, in its own keys.</summary>
internal static class Gpt2Reader
{
    public static ModelConfig Read(ConfigFields f, ModelFamily family, string modelType)
    {
        string hiddenKey = f.Named("n_embd", "hidden_size"), headsKey = f.Named("n_head", "num_attention_heads");
        int hidden = f.Count(hiddenKey), heads = f.Count(headsKey), layers = CommonReader.Layers(f, f.Named("n_layer", "num_hidden_layers"));
        if (hidden > int.MaxValue / 4) throw f.Fault(hiddenKey, $"is {hidden}, more than {int.MaxValue / 4}");
        return new ModelConfig
        {
            Family = family,
            ModelType = modelType,
            Architecture = "",
            HiddenSize = hidden,
            Layers = CommonReader.Kinds(layers, _ => new LayerKind(Mixer.Full, FeedForward.Dense)),
            Attention = new AttentionConfig { Heads = heads, KeyValueHeads = heads, HeadDim = CommonReader.Split(f, hidden, heads, headsKey, hiddenKey), InputBias = true, OutputBias = true },
            IntermediateSize = f.Count("n_inner", 4 * hidden),
            Gated = false,
            FeedForwardBias = true,
            VocabularySize = f.Count("vocab_size"),
            MaximumPositions = f.Count(f.Named("n_positions", "max_position_embeddings")),
            TiedEmbeddings = f.Flag("tie_word_embeddings", true),
            NormEpsilon = f.Number("layer_norm_epsilon", 1e-5),
            Activation = f.Text("activation_function", "gelu_new"),
            Labels = CommonReader.Labels(f),
            WeightType = CommonReader.WeightType(f, f),
            Quantization = CommonReader.Quantization(f),
        };
    }
}
