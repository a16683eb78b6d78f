namespace Headroom.Graph.HuggingFace;

/// <summary>BERT and ViT.</summary>
internal static class EncoderReader
{
    public static ModelConfig Read(ConfigFields f, ModelFamily family, string modelType)
    {
        bool pictures = family == ModelFamily.Vit;
        int hidden = f.Count("hidden_size"), heads = f.Count("num_attention_heads");
        return new ModelConfig
        {
            Family = family,
            ModelType = modelType,
            Architecture = "",
            HiddenSize = hidden,
            Layers = CommonReader.Kinds(CommonReader.Layers(f), _ => new LayerKind(Mixer.Full, FeedForward.Dense)),
            Attention = new AttentionConfig { Heads = heads, KeyValueHeads = heads, HeadDim = CommonReader.Split(f, hidden, heads), InputBias = !pictures || f.Flag("qkv_bias", true), OutputBias = true },
            IntermediateSize = f.Count("intermediate_size"),
            Gated = false,
            FeedForwardBias = true,
            VocabularySize = pictures ? 0 : f.Count("vocab_size"),
            MaximumPositions = pictures ? null : f.Count("max_position_embeddings"),
            TokenTypes = pictures ? 0 : f.Count("type_vocab_size", 2),
            TiedEmbeddings = f.Flag("tie_word_embeddings", true),
            NormEpsilon = f.Number("layer_norm_eps", 1e-12),
            Activation = f.Text("hidden_act", "gelu"),
            Labels = CommonReader.Labels(f),
            Image = pictures ? Image(f) : null,
            WeightType = CommonReader.WeightType(f, f),
            Quantization = CommonReader.Quantization(f),
        };
    }

    private static ImageConfig Image(ConfigFields f)
    {
        var image = new ImageConfig(f.Count("image_size"), f.Count("patch_size"), f.Count("num_channels", 3));
        return image.Size % image.PatchSize == 0 ? image : throw f.Fault("image_size", $"is {image.Size}, no multiple of patch_size {image.PatchSize}");
    }
}
