using System.Collections.Immutable;
using Headroom.Evidence;

namespace Headroom.Graph.HuggingFace;

/// <summary>The facts of a <c>config.json</c> in Hugging Face's layout: what a network is made of, and how large each part is.</summary>
/// <remarks>Keys that a family doesn't write take the values that its class in transformers gives them.</remarks>
public sealed record ModelConfig
{
    public required ModelFamily Family { get; init; }

    /// <summary>The <c>model_type</c>, such as <c>mistral</c>.</summary>
    public required string ModelType { get; init; }

    /// <summary>The first of the <c>architectures</c>, such as <c>LlamaForCausalLM</c>: it says which head the model has.</summary>
    public required string Architecture { get; init; }

    /// <summary>Width of the residual stream.</summary>
    public required int HiddenSize { get; init; }

    /// <summary>The layers, first to last.</summary>
    public required ImmutableArray<LayerKind> Layers { get; init; }

    /// <summary>Attention; of the full layers only, where the windowed ones differ.</summary>
    public required AttentionConfig Attention { get; init; }

    /// <summary>Attention of the windowed layers, where it differs (Gemma 4).</summary>
    public AttentionConfig? WindowedAttention { get; init; }

    /// <summary>Latent attention, which takes the place of <see cref="Attention"/>'s keys and values.</summary>
    public LatentAttentionConfig? Latent { get; init; }

    /// <summary>Tokens that a windowed layer sees.</summary>
    public int? Window { get; init; }

    /// <summary>Inner width of a dense feed-forward network.</summary>
    public required int IntermediateSize { get; init; }

    /// <summary>Whether feed-forward networks gate: three matrices and not two.</summary>
    public bool Gated { get; init; } = true;

    /// <summary>Whether dense feed-forward networks have biases.</summary>
    public bool FeedForwardBias { get; init; }

    /// <summary>Norms, positions and head of a decoder with layer norms; null of others.</summary>
    public LayerNormConfig? LayerNorms { get; init; }

    /// <summary>Of <see cref="Layers"/>, those of an encoder, which come first; the others attend to its output too. 0 where there is one stack.</summary>
    public int EncoderLayers { get; init; }

    /// <summary>Distances that attention tells apart by a learned bias (T5).</summary>
    public int RelativePositions { get; init; }

    public ExpertsConfig? Experts { get; init; }

    public MambaConfig? Mamba { get; init; }

    /// <summary>Rows of the token table; 0 where there is none.</summary>
    public required int VocabularySize { get; init; }

    /// <summary>Tokens that the model was made for; rows of the position table where it has one.</summary>
    public int? MaximumPositions { get; init; }

    /// <summary>Kinds of segments (BERT).</summary>
    public int TokenTypes { get; init; }

    /// <summary>Whether the head's matrix is the token table.</summary>
    public bool TiedEmbeddings { get; init; }

    public required double NormEpsilon { get; init; }

    /// <summary>Rotary positions, of the full layers; null where positions come otherwise.</summary>
    public RopeConfig? Rope { get; init; }

    /// <summary>Rotary positions of the windowed layers, where they differ.</summary>
    public RopeConfig? WindowedRope { get; init; }

    /// <summary>The function in the feed-forward networks, such as <c>silu</c>.</summary>
    public required string Activation { get; init; }

    /// <summary>Classes of the head, where it classifies.</summary>
    public int? Labels { get; init; }

    /// <summary>The pictures that it takes, where it takes nothing else (ViT).</summary>
    public ImageConfig? Image { get; init; }

    /// <summary>The picture encoder before the text model.</summary>
    public VisionConfig? Vision { get; init; }

    /// <summary>Further layers that predict the tokens after the next (<c>num_nextn_predict_layers</c>); no figure counts them.</summary>
    public int PredictionLayers { get; init; }

    /// <summary>The element type of the weights in the file, where it is said.</summary>
    public ElementType? WeightType { get; init; }

    public QuantizationConfig? Quantization { get; init; }

    /// <summary>Attention in a layer of this kind.</summary>
    public AttentionConfig AttentionOf(Mixer mixer) => mixer == Mixer.Windowed ? WindowedAttention ?? Attention : Attention;

    /// <summary>Reads a model's <c>config.json</c>.</summary>
    /// <param name="path">The file, or the folder that holds it.</param>
    /// <exception cref="InputException">It is missing, too large, no JSON, of an unknown family, or a key is wrong: the message names file and key.</exception>
    public static ModelConfig Read(string path) => ConfigFile.Read(Directory.Exists(path) ? Path.Join(path, ConfigFile.Name) : path);

    /// <summary>Reads the text of a <c>config.json</c>.</summary>
    /// <param name="json">UTF-8.</param>
    /// <param name="file">The name for messages.</param>
    /// <exception cref="InputException">As <see cref="Read(string)"/>.</exception>
    public static ModelConfig Parse(ReadOnlyMemory<byte> json, string file = ConfigFile.Name) => ConfigFile.Parse(json, file);
}
