namespace Headroom.Graph.HuggingFace;

/// <summary>The picture encoders of Qwen3-VL, Gemma 3 and 4, and Llama 4.</summary>
internal static class VisionReader
{
    /// <param name="f">The <c>vision_config</c>.</param>
    /// <param name="family">The model's family.</param>
    /// <param name="textSize">Width of the text model.</param>
    public static VisionConfig Read(ConfigFields f, ModelFamily family, int textSize) => family switch
    {
        ModelFamily.Qwen3 => Checked(f, new VisionConfig
        {
            HiddenSize = f.Count("hidden_size"),
            Layers = CommonReader.Layers(f, "depth"),
            Heads = f.Count("num_heads"),
            IntermediateSize = f.Count("intermediate_size"),
            PatchSize = f.Count("patch_size"),
            Channels = f.Count("in_channels", 3),
            Positions = f.Count("num_position_embeddings"),
            TemporalPatchSize = f.Count("temporal_patch_size", 1),
            MergeSize = f.Count("spatial_merge_size", 1),
            OutputSize = f.Count("out_hidden_size", textSize),
            DeepLayers = [.. f.Counts("deepstack_visual_indexes") ?? []],
        }),
        ModelFamily.Gemma4 when !f.Flag("attention_bias", false) && !f.Flag("use_clipped_linears", false) => Checked(f, new VisionConfig
        {
            HiddenSize = f.Count("hidden_size"),
            Layers = CommonReader.Layers(f),
            Heads = f.Count("num_attention_heads"),
            IntermediateSize = f.Count("intermediate_size"),
            PatchSize = f.Count("patch_size"),
            Channels = 3,
            Positions = f.Count("position_embedding_size"),
            OutputSize = textSize,
            Standardized = f.Flag("standardize", false),
        }),
        // SigLIP's encoder without its head; each patch has a place.
        ModelFamily.Gemma when !f.Flag("vision_use_head", false) => Checked(f, new VisionConfig
        {
            HiddenSize = f.Count("hidden_size"),
            Layers = CommonReader.Layers(f),
            Heads = f.Count("num_attention_heads"),
            IntermediateSize = f.Count("intermediate_size"),
            PatchSize = f.Count("patch_size"),
            Channels = f.Count("num_channels", 3),
            Positions = Places(f, 0),
            OutputSize = textSize,
        }),
        ModelFamily.Llama4 => Checked(f, new VisionConfig
        {
            HiddenSize = f.Count("hidden_size"),
            Layers = CommonReader.Layers(f),
            Heads = f.Count("num_attention_heads"),
            IntermediateSize = f.Count("intermediate_size"),
            PatchSize = f.Count("patch_size"),
            Channels = f.Count("num_channels", 3),
            Positions = Places(f, 1),
            Adapter = [f.Count("projector_input_dim"), f.Count("projector_output_dim")],
            OutputSize = textSize,
        }),
        _ => throw f.Fault("model_type", $"is '{f.Text("model_type", "")}': this version doesn't know such a picture encoder"),
    };

    /// <summary>Every patch has a place, and so has the token that stands for all, where there is one.</summary>
    private static int Places(ConfigFields f, int tokens)
    {
        long side = f.Count("image_size") / f.Count("patch_size"), places = (side * side) + tokens;
        return places is > 0 and <= int.MaxValue ? (int)places : throw f.Fault("image_size", $"is {f.Count("image_size")}, too many or too few patches of {f.Count("patch_size")}");
    }

    private static VisionConfig Checked(ConfigFields f, VisionConfig vision)
        => vision.HiddenSize % vision.Heads == 0 ? vision : throw f.Fault("hidden_size", $"is {vision.HiddenSize}, no multiple of the {vision.Heads} heads");
}
