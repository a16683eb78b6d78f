namespace Headroom.Graph.HuggingFace;

/// <summary>The weights of a picture encoder, and of what brings its output to the text model.</summary>
internal static class VisionWeights
{
    private const WeightPart Part = WeightPart.Vision;

    public static void Add(VisionConfig v, ModelFamily family, WeightList w)
    {
        if (family == ModelFamily.Gemma4) Gemma(v, w);
        else if (family == ModelFamily.Gemma) Siglip(v, w);
        else if (family == ModelFamily.Llama4) Llama(v, w);
        else Qwen(v, w);
    }

    private static void Qwen(VisionConfig v, WeightList w)
    {
        long hidden = v.HiddenSize, merged = checked(hidden * v.MergeSize * v.MergeSize), deep = v.DeepLayers.Length;
        w.Add(Part, "patch_embed", 1, hidden, v.Channels, v.TemporalPatchSize, v.PatchSize, v.PatchSize);
        w.Add(Part, "patch_embed bias", 1, hidden);
        w.Add(Part, "pos_embed", 1, v.Positions, hidden);
        w.Linear(Part, "qkv", v.Layers, 3 * hidden, hidden, bias: true);
        w.Linear(Part, "proj", v.Layers, hidden, hidden, bias: true);
        w.Linear(Part, "linear_fc1", v.Layers, v.IntermediateSize, hidden, bias: true);
        w.Linear(Part, "linear_fc2", v.Layers, hidden, v.IntermediateSize, bias: true);
        w.Norm("norm1 and norm2", 2L * v.Layers, hidden, bias: true, part: Part);
        // The last merger norms patches, those of the deep layers norm what they have merged.
        w.Norm("merger norm", 1, hidden, bias: true, part: Part);
        w.Norm("deep merger norm", deep, merged, bias: true, part: Part);
        w.Linear(Part, "merger linear_fc1", 1 + deep, merged, merged, bias: true);
        w.Linear(Part, "merger linear_fc2", 1 + deep, v.OutputSize, merged, bias: true);
    }

    private static void Gemma(VisionConfig v, WeightList w)
    {
        long hidden = v.HiddenSize;
        w.Linear(Part, "input_proj", 1, hidden, checked((long)v.Channels * v.PatchSize * v.PatchSize));
        w.Add(Part, "position_embedding_table", 2, v.Positions, hidden);
        w.Linear(Part, "q_proj, k_proj, v_proj and o_proj", 4L * v.Layers, hidden, hidden);
        w.Norm("q_norm and k_norm", 2L * v.Layers, hidden / v.Heads, part: Part);
        w.Linear(Part, "gate_proj and up_proj", 2L * v.Layers, v.IntermediateSize, hidden);
        w.Linear(Part, "down_proj", v.Layers, hidden, v.IntermediateSize);
        w.Norm("four layer norms", 4L * v.Layers, hidden, part: Part);
        if (v.Standardized) w.Add(Part, "std_bias and std_scale", 2, hidden);
        w.Linear(Part, "embedding_projection", 1, v.OutputSize, hidden);
    }

    /// <summary>SigLIP's encoder (arXiv:2303.15343) and Gemma 3's projector.</summary>
    private static void Siglip(VisionConfig v, WeightList w)
    {
        long hidden = v.HiddenSize;
        w.Linear(Part, "patch_embedding", 1, hidden, checked((long)v.Channels * v.PatchSize * v.PatchSize), bias: true);
        w.Add(Part, "position_embedding", 1, v.Positions, hidden);
        w.Linear(Part, "q_proj, k_proj, v_proj and out_proj", 4L * v.Layers, hidden, hidden, bias: true);
        w.Linear(Part, "fc1", v.Layers, v.IntermediateSize, hidden, bias: true);
        w.Linear(Part, "fc2", v.Layers, hidden, v.IntermediateSize, bias: true);
        w.Norm("layer norms", (2L * v.Layers) + 1, hidden, bias: true, part: Part);
        w.Norm("mm_soft_emb_norm", 1, hidden, part: Part);
        w.Linear(Part, "mm_input_projection_weight", 1, v.OutputSize, hidden);
    }

    private static void Llama(VisionConfig v, WeightList w)
    {
        long hidden = v.HiddenSize;
        w.Linear(Part, "patch_embedding", 1, hidden, checked((long)v.Channels * v.PatchSize * v.PatchSize));
        w.Add(Part, "class_embedding", 1, hidden);
        w.Add(Part, "positional_embedding_vlm", 1, v.Positions, hidden);
        w.Linear(Part, "q_proj, k_proj, v_proj and o_proj", 4L * v.Layers, hidden, hidden, bias: true);
        w.Linear(Part, "fc1", v.Layers, v.IntermediateSize, hidden, bias: true);
        w.Linear(Part, "fc2", v.Layers, hidden, v.IntermediateSize, bias: true);
        w.Norm("layer norms", (2L * v.Layers) + 2, hidden, bias: true, part: Part);
        w.Linear(Part, "vision_adapter fc1", 1, v.Adapter[0], v.IntermediateSize);
        w.Linear(Part, "vision_adapter fc2", 1, v.Adapter[1], v.Adapter[0]);
        w.Linear(Part, "multi_modal_projector", 1, v.OutputSize, v.Adapter[1]);
    }
}
