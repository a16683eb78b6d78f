using System.Collections.Immutable;

namespace Headroom.Graph.HuggingFace;

/// <summary>What many families write alike.</summary>
internal static class CommonReader
{
    /// <summary>Far above any network, and small enough to list.</summary>
    private const int MostLayers = 10_000;

    public static int Layers(ConfigFields f, string key = "num_hidden_layers") => f.Count(key, most: MostLayers);

    /// <summary>Elements of a head: as said, or the hidden size by the heads.</summary>
    public static int HeadDim(ConfigFields f, int hidden, int heads) => f.OptionalCount("head_dim") ?? Split(f, hidden, heads);

    /// <summary>The hidden size by the heads.</summary>
    public static int Split(ConfigFields f, int hidden, int heads, string headsKey = "num_attention_heads", string hiddenKey = "hidden_size")
    {
        return hidden % heads == 0 ? hidden / heads : throw f.Fault(headsKey, $"is {heads}, and {hiddenKey} {hidden} isn't a multiple of it");
    }

    /// <summary>Key and value heads: as said, or as many as there are queries'.</summary>
    public static int KeyValueHeads(ConfigFields f, int heads, string key = "num_key_value_heads", int? otherwise = null)
    {
        int count = f.Count(key, otherwise ?? heads);
        return heads % count == 0 ? count : throw f.Fault(key, $"is {count}, and num_attention_heads {heads} isn't a multiple of it");
    }

    /// <summary>The weights' element type, by either of its two keys; null where the file has another, or none.</summary>
    public static ElementType? WeightType(ConfigFields root, ConfigFields f)
    {
        string Name(ConfigFields fields) => fields.Text(fields.Named("dtype", "torch_dtype"), "");
        string name = Name(root) is { Length: > 0 } outer ? outer : Name(f);
        return (name.StartsWith("torch.", StringComparison.Ordinal) ? name[6..] : name) switch
        {
            "float32" => ElementType.Float32,
            "bfloat16" => ElementType.BFloat16,
            "float16" => ElementType.Float16,
            "float64" => ElementType.Float64,
            _ => null,
        };
    }

    public static QuantizationConfig? Quantization(ConfigFields root)
    {
        if (root.Object("quantization_config") is not ConfigFields f) return null;
        int[] block = f.Counts("weight_block_size") ?? [];
        return block is [] or [ > 0, > 0] ? new QuantizationConfig(f.Text("quant_method", "unknown"), block is [] ? 0 : block[0], block is [] ? 0 : block[1])
            : throw f.Fault("weight_block_size", $"is [{string.Join(", ", block.Take(4))}], where rows and columns are needed");
    }

    /// <summary>Classes: the names given, their number, or the two that transformers gives without.</summary>
    public static int Labels(ConfigFields f) => f.Object("id2label") is ConfigFields names && names.Size > 0 ? names.Size : f.Count("num_labels", 2);

    /// <summary>Rotary positions in the old keys (<c>rope_theta</c>, <c>rope_scaling</c>) or the new (<c>rope_parameters</c>, for all layers or by their type).</summary>
    public static RopeConfig Rope(ConfigFields f, string layerType = "full_attention")
    {
        ConfigFields? parameters = f.Object("rope_parameters");
        ConfigFields? rule = parameters?.Object(layerType) ?? parameters ?? f.Object("rope_scaling");
        ConfigFields theta = rule?.Has("rope_theta") == true ? rule : f, part = rule?.Has("partial_rotary_factor") == true ? rule : f;
        double turned = part.Number("partial_rotary_factor", 1);
        return new RopeConfig
        {
            Theta = theta.Number("rope_theta", 10_000),
            Type = rule?.Text(rule.Named("rope_type", "type"), "default") ?? "default",
            Factor = rule?.Number("factor", 1) ?? 1,
            OriginalPositions = rule?.OptionalCount("original_max_position_embeddings"),
            LowFrequencyFactor = rule?.OptionalNumber("low_freq_factor"),
            HighFrequencyFactor = rule?.OptionalNumber("high_freq_factor"),
            BetaFast = rule?.OptionalNumber("beta_fast"),
            BetaSlow = rule?.OptionalNumber("beta_slow"),
            Part = turned <= 1 ? turned : throw part.Fault("partial_rotary_factor", $"is {turned}, which is more than a whole head"),
        };
    }

    /// <summary>A list with an entry a layer, or null.</summary>
    public static string[]? PerLayer(ConfigFields f, string key, int layers)
    {
        string[]? kinds = f.Texts(key);
        return kinds is null || kinds.Length == layers ? kinds : throw f.Fault(key, $"has {kinds.Length} entries, and num_hidden_layers is {layers}");
    }

    /// <summary>So many layers, each of the kind that its place gives.</summary>
    public static ImmutableArray<LayerKind> Kinds(int layers, Func<int, LayerKind> kind) => [.. Enumerable.Range(0, layers).Select(kind)];
}
