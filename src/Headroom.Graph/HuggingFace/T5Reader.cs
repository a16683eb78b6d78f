namespace Headroom.Graph.HuggingFace;

/// <summary>T5: an encoder, and a decoder that attends to what it wrote and to the encoder's output (arXiv:1910.10683).</summary>
internal static class T5Reader
{
    public static ModelConfig Read(ConfigFields f, ModelFamily family, string modelType)
    {
        int hidden = f.Count("d_model"), heads = f.Count("num_heads"), encoder = CommonReader.Layers(f, "num_layers");
        int decoder = f.Has("num_decoder_layers") ? CommonReader.Layers(f, "num_decoder_layers") : encoder;
        string activation = f.Text("feed_forward_proj", "relu");
        return new ModelConfig
        {
            Family = family,
            ModelType = modelType,
            Architecture = "",
            HiddenSize = hidden,
            Layers = CommonReader.Kinds(encoder + decoder, _ => new LayerKind(Mixer.Full, FeedForward.Dense)),
            EncoderLayers = encoder,
            Attention = new AttentionConfig { Heads = heads, KeyValueHeads = heads, HeadDim = f.Count("d_kv") },
            IntermediateSize = f.Count("d_ff"),
            Gated = activation.StartsWith("gated-", StringComparison.Ordinal),
            VocabularySize = f.Count("vocab_size"),
            MaximumPositions = f.OptionalCount("n_positions"),
            RelativePositions = f.Count("relative_attention_num_buckets", 32),
            TiedEmbeddings = f.Flag("tie_word_embeddings", true),
            NormEpsilon = f.Number("layer_norm_epsilon", 1e-6),
            Activation = activation,
            Labels = CommonReader.Labels(f),
            WeightType = CommonReader.WeightType(f, f),
            Quantization = CommonReader.Quantization(f),
        };
    }
}
