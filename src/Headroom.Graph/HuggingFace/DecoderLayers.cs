using System.Collections.Immutable;

namespace Headroom.Graph.HuggingFace;

/// <summary>Which layers see a window only, and which have experts.</summary>
internal static class DecoderLayers
{
    public static ImmutableArray<LayerKind> Read(ConfigFields f, ModelFamily family, string modelType, int layers)
    {
        Func<int, Mixer> mixer = Mixers(f, family, modelType, layers);
        Func<int, FeedForward> feedForward = FeedForwards(f, family, layers);
        return CommonReader.Kinds(layers, i => new LayerKind(mixer(i), feedForward(i)));
    }

    private static Func<int, Mixer> Mixers(ConfigFields f, ModelFamily family, string modelType, int layers)
    {
        if (CommonReader.PerLayer(f, "layer_types", layers) is string[] kinds)
        {
            Mixer[] read = [.. kinds.Select(k => k switch
            {
                "full_attention" => Mixer.Full,
                "sliding_attention" or "chunked_attention" => Mixer.Windowed,
                _ => throw f.Fault("layer_types", $"holds '{k}', which this version doesn't know"),
            })];
            string window = family == ModelFamily.Llama4 ? "attention_chunk_size" : "sliding_window";
            return read.Contains(Mixer.Windowed) && !f.Has(window) ? throw f.Fault(window, "is missing, and layer_types names layers that need it") : i => read[i];
        }
        bool windowed = f.Has("sliding_window");
        switch (family)
        {
            case ModelFamily.Qwen2 or ModelFamily.Qwen2Moe or ModelFamily.Qwen3 or ModelFamily.Qwen3Moe:
                int first = f.Count("max_window_layers", layers, least: 0);
                windowed &= f.Flag("use_sliding_window", false);
                return i => windowed && i >= first ? Mixer.Windowed : Mixer.Full;
            case ModelFamily.Mixtral:
            case ModelFamily.Phi3:
            case ModelFamily.Llama when modelType == "mistral":
                return _ => windowed ? Mixer.Windowed : Mixer.Full;
            case ModelFamily.GptOss:
                return i => windowed && i % 2 == 0 ? Mixer.Windowed : Mixer.Full;
            case ModelFamily.Gemma when modelType == "gemma2":
                return i => windowed && i % 2 == 0 ? Mixer.Windowed : Mixer.Full;
            case ModelFamily.Gemma when modelType != "gemma":
                int pattern = f.Count("sliding_window_pattern", 6);
                return i => windowed && (i + 1) % pattern != 0 ? Mixer.Windowed : Mixer.Full;
            case ModelFamily.Gemma4:
                return i => windowed && (i + 1) % 6 != 0 && i != layers - 1 ? Mixer.Windowed : Mixer.Full;
            case ModelFamily.Llama4:
                // Layers with rotary positions see their chunk, those without any position see all.
                int interval = f.Count("no_rope_layer_interval", 4);
                int[]? rotary = f.Counts("no_rope_layers") is { Length: > 0 } list ? list : null;
                if (rotary is not null && rotary.Length != layers) throw f.Fault("no_rope_layers", $"has {rotary.Length} entries, and num_hidden_layers is {layers}");
                bool chunked = f.Has("attention_chunk_size");
                return i => chunked && (rotary is null ? (i + 1) % interval != 0 : rotary[i] != 0) ? Mixer.Windowed : Mixer.Full;
            default:
                return _ => Mixer.Full;
        }
    }

    private static Func<int, FeedForward> FeedForwards(ConfigFields f, ModelFamily family, int layers)
    {
        static FeedForward Either(bool experts) => experts ? FeedForward.Experts : FeedForward.Dense;
        switch (family)
        {
            case ModelFamily.Mixtral or ModelFamily.GptOss:
                return _ => FeedForward.Experts;
            case ModelFamily.Qwen2Moe or ModelFamily.Qwen3Moe:
                int step = f.Count("decoder_sparse_step", 1);
                HashSet<int> dense = [.. f.Counts("mlp_only_layers") ?? []];
                return i => Either(!dense.Contains(i) && (i + 1) % step == 0);
            case ModelFamily.DeepSeekV2 or ModelFamily.DeepSeekV3 or ModelFamily.GlmMoeDsa:
                if (CommonReader.PerLayer(f, "mlp_layer_types", layers) is string[] kinds) return i => Either(kinds[i] == "sparse");
                int first = f.Count("first_k_dense_replace", 0, least: 0), every = f.Count("moe_layer_freq", 1);
                return i => Either(i >= first && i % every == 0);
            case ModelFamily.Llama4:
                HashSet<int>? chosen = f.Counts("moe_layers") is { Length: > 0 } list ? [.. list] : null;
                int interleave = f.Count("interleave_moe_layer_step", 1);
                return i => Either(chosen?.Contains(i) ?? (i + 1) % interleave == 0);
            case ModelFamily.Gemma4 when f.Flag("enable_moe_block", false):
                return _ => FeedForward.Dense | FeedForward.Experts;
            default:
                return _ => FeedForward.Dense;
        }
    }
}
