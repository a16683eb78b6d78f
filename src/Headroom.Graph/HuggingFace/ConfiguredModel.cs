using Headroom.Graph.Models;

namespace Headroom.Graph.HuggingFace;

/// <summary>The network that a <c>config.json</c> describes, where there is a builder for its family; its weights have the names and shapes of the folder's tensors.</summary>
public static class ConfiguredModel
{
    /// <param name="config">From <see cref="ModelConfig.Read(string)"/>.</param>
    /// <param name="length">Tokens in a row.</param>
    /// <param name="packed">Documents share rows; see <see cref="Llama.Decoder"/>.</param>
    /// <exception cref="GraphException">The family has no builder, or the config asks for a part that the builder hasn't: the message names it.</exception>
    public static Model Build(ModelConfig config, long length, bool packed = false)
    {
        if (config.MaximumPositions is int most && length > most) throw Unbuilt(config, $"rows of {length} tokens: it was made for {most}");
        return config.Family switch
        {
            ModelFamily.Llama or ModelFamily.Qwen2 or ModelFamily.Qwen3 => Llama.Decoder(OfLlama(config, length), packed),
            ModelFamily.Gpt2 => Gpt2.Decoder(OfGpt2(config, length), packed),
            _ => throw Unbuilt(config, $"the family '{config.ModelType}'"),
        };
    }

    /// <summary>The options of a decoder of Llama's kind.</summary>
    public static LlamaOptions OfLlama(ModelConfig c, long length)
    {
        AttentionConfig a = c.Attention;
        if (c.Labels is not null && !c.Architecture.EndsWith("CausalLM", StringComparison.Ordinal)) throw Unbuilt(c, $"the head of '{c.Architecture}'");
        Require(c, c.Vision is null, "its picture encoder");
        Require(c, c.Activation is "silu" or "swish", $"the activation '{c.Activation}'");
        Require(c, c is { Gated: true, FeedForwardBias: false }, "feed-forward layers with biases, or without a gate");
        Require(c, !a.OutputBias, "a bias on attention's output");
        Require(c, c.Rope is null or { Part: 1 }, "rotary positions on a part of each head");
        Require(c, c.Quantization is null, $"weights quantized by '{c.Quantization?.Method}'");
        return new LlamaOptions
        {
            Vocabulary = c.VocabularySize,
            Length = length,
            Width = c.HiddenSize,
            Layers = c.Layers.Length,
            Heads = a.Heads,
            KeyHeads = a.KeyValueHeads,
            HeadWidth = a.HeadDim,
            Hidden = c.IntermediateSize,
            TiedHead = c.TiedEmbeddings,
            Biases = a.InputBias,
            HeadNorms = a.NormedHeads,
            NormEpsilon = (float)c.NormEpsilon,
            RotaryBase = c.Rope?.Theta ?? 10_000,
            RotaryScaling = Scaling(c),
            Window = c.Layers.Any(l => l.Mixer == Mixer.Windowed) ? c.Window : null,
        };
    }

    private static Gpt2Options OfGpt2(ModelConfig c, long length)
    {
        Require(c, c.Activation is "gelu_new" or "gelu_pytorch_tanh", $"the activation '{c.Activation}'");
        Require(c, c.TiedEmbeddings, "a head of its own");
        return new Gpt2Options
        {
            Vocabulary = c.VocabularySize,
            Positions = c.MaximumPositions ?? length,
            Length = length,
            Width = c.HiddenSize,
            Layers = c.Layers.Length,
            Heads = c.Attention.Heads,
            Hidden = c.IntermediateSize,
            NormEpsilon = (float)c.NormEpsilon,
        };
    }

    private static RotaryScaling? Scaling(ModelConfig c) => c.Rope switch
    {
        null or { Type: "default" } => null,
        { Type: "llama3", LowFrequencyFactor: double low, HighFrequencyFactor: double high, OriginalPositions: int positions } r => new RotaryScaling { Factor = r.Factor, LowFrequency = low, HighFrequency = high, OriginalPositions = positions },
        RopeConfig r => throw Unbuilt(c, $"rotary positions stretched by the rule '{r.Type}'"),
    };

    private static void Require(ModelConfig c, bool built, string what)
    {
        if (!built) throw Unbuilt(c, what);
    }

    private static GraphException Unbuilt(ModelConfig c, string what) => new($"{c.ModelType}: {what} can't be built; there are decoders of Llama's kind (llama, mistral, qwen2, qwen3) and GPT-2");
}
