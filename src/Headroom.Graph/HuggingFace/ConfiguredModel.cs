using Headroom.Graph.Models;

namespace Headroom.Graph.HuggingFace;

/// <summary>The network that a <c>config.json</c> describes, where there is a builder for its family; its weights have the names and shapes of the folder's tensors.</summary>
public static class ConfiguredModel
{
    /// <param name="config">From <see cref="ModelConfig.Read(string)"/>.</param>
    /// <param name="length">Tokens in a row; a picture has its own.</param>
    /// <param name="packed">Documents share rows; see <see cref="Llama.Decoder"/>.</param>
    /// <exception cref="GraphException">The family has no builder, or the config asks for a part that the builder hasn't: the message names it.</exception>
    public static Model Build(ModelConfig config, long length, bool packed = false)
    {
        if (config.MaximumPositions is int most && length > most) throw Unbuilt(config, $"rows of {length} tokens: it was made for {most}");
        return config.Family switch
        {
            ModelFamily.Llama or ModelFamily.Qwen2 or ModelFamily.Qwen3 => Llama.Decoder(OfLlama(config, length), packed),
            ModelFamily.Gpt2 => Gpt2.Decoder(OfGpt2(config, length), packed),
            ModelFamily.Bert => Bert.Classifier(OfBert(config, length), config.Labels ?? 0),
            ModelFamily.Vit => Vit.Classifier(OfVit(config)),
            _ => throw Unbuilt(config, $"the family '{config.ModelType}'"),
        };
    }

    /// <summary>Whether the family predicts the next token; the others tell classes.</summary>
    public static bool IsDecoder(ModelFamily family) => family is not (ModelFamily.Bert or ModelFamily.Vit or ModelFamily.T5);

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

    /// <summary>Token 0 pads, as in every BERT that its makers published.</summary>
    private static BertOptions OfBert(ModelConfig c, long length)
    {
        RequireClassifier(c, "BertForSequenceClassification");
        return new BertOptions
        {
            Vocabulary = c.VocabularySize,
            Positions = c.MaximumPositions ?? length,
            Length = length,
            Width = c.HiddenSize,
            Layers = c.Layers.Length,
            Heads = c.Attention.Heads,
            Hidden = c.IntermediateSize,
            TokenTypes = c.TokenTypes,
            NormEpsilon = (float)c.NormEpsilon,
        };
    }

    /// <summary>It takes pixels as its image processor gives them, standardised.</summary>
    private static VitOptions OfVit(ModelConfig c)
    {
        RequireClassifier(c, "ViTForImageClassification");
        Require(c, c.Attention.InputBias, "queries, keys and values without biases");
        return new VitOptions
        {
            Channels = c.Image!.Channels,
            PictureHeight = c.Image.Size,
            PictureWidth = c.Image.Size,
            Patch = c.Image.PatchSize,
            Width = c.HiddenSize,
            Layers = c.Layers.Length,
            Heads = c.Attention.Heads,
            Hidden = c.IntermediateSize,
            Classes = c.Labels ?? 0,
            NormEpsilon = (float)c.NormEpsilon,
        };
    }

    private static void RequireClassifier(ModelConfig c, string architecture)
    {
        Require(c, c.Architecture == architecture, $"the head of '{c.Architecture}', which is no {architecture}");
        Require(c, c.Activation == "gelu", $"the activation '{c.Activation}'");
        Require(c, c.Quantization is null, $"weights quantized by '{c.Quantization?.Method}'");
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

    private static GraphException Unbuilt(ModelConfig c, string what) => new($"{c.ModelType}: {what} can't be built; there are decoders of Llama's kind (llama, mistral, qwen2, qwen3) and GPT-2, and classifiers of BERT's and ViT's");
}
