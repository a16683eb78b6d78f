using Headroom.Graph.HuggingFace;

namespace Headroom.Planning.Models;

/// <summary>A transformer as the planner reckons with it: its sizes, its weights by how they are used, what a token's cache and attention take. One shape serves training and inference.</summary>
public sealed record TransformerShape
{
    /// <summary>What it is called.</summary>
    public required string Name { get; init; }

    /// <summary>Layers, each with attention, a state space or a feed-forward network.</summary>
    public required int Layers { get; init; }

    /// <summary>Width of the residual stream.</summary>
    public required int Hidden { get; init; }

    /// <summary>Query heads.</summary>
    public required int Heads { get; init; }

    /// <summary>Heads of keys and values.</summary>
    public required int KeyValueHeads { get; init; }

    /// <summary>Elements of a head's query and key.</summary>
    public required int HeadDim { get; init; }

    /// <summary>Elements of a head's value.</summary>
    public required int ValueDim { get; init; }

    /// <summary>Inner width of a dense feed-forward network; of one expert where there is none that is dense.</summary>
    public required int Intermediate { get; init; }

    /// <summary>Whether feed-forward networks gate: three matrices and not two.</summary>
    public required bool Gated { get; init; }

    /// <summary>Rows of the token table.</summary>
    public required long Vocabulary { get; init; }

    /// <summary>Whether the head's matrix is the token table.</summary>
    public required bool Tied { get; init; }

    /// <summary>Routed experts of a layer that has them; 0 of a dense model.</summary>
    public int Experts { get; init; }

    /// <summary>Routed experts that a token goes to.</summary>
    public int ActiveExperts { get; init; }

    /// <summary>Inner width of one expert.</summary>
    public int ExpertWidth { get; init; }

    /// <summary>Layers that route.</summary>
    public int ExpertLayers { get; init; }

    /// <summary>Layers that attend to all tokens.</summary>
    public required int FullAttentionLayers { get; init; }

    /// <summary>Layers that attend to <see cref="Window"/> tokens.</summary>
    public int WindowedLayers { get; init; }

    /// <summary>Tokens that windowed layers see; 0 where there are none.</summary>
    public int Window { get; init; }

    /// <summary>Whether a token sees only those before it.</summary>
    public bool Causal { get; init; } = true;

    /// <summary>All weights.</summary>
    public required double Parameters { get; init; }

    /// <summary>Of those, tables that are looked up, not multiplied with.</summary>
    public required double EmbeddingParameters { get; init; }

    /// <summary>The head's matrix, be it shared with the token table; multiplied with each token in training.</summary>
    public required double HeadParameters { get; init; }

    /// <summary>Matrices of routed experts, of all layers.</summary>
    public double ExpertParameters { get; init; }

    /// <summary>Matrices that every token is multiplied with in the layers: attention, dense and shared feed-forward, routers.</summary>
    public required double LayerParameters { get; init; }

    /// <summary>Elements that one token adds to the cache in layers that see everything.</summary>
    public required double KeyValueElements { get; init; }

    /// <summary>Elements that one token adds in windowed layers.</summary>
    public double WindowedKeyValueElements { get; init; }

    /// <summary>State of a sequence whatever its length, in elements (Mamba).</summary>
    public double StateElements { get; init; }

    /// <summary>Matrix elements in the layers that one token is multiplied with.</summary>
    public double ActiveLayerParameters => LayerParameters + (Experts > 0 ? ExpertParameters * ActiveExperts / Experts : 0);

    /// <summary>Matrix elements that one token meets, head included.</summary>
    public double ActiveParameters => ActiveLayerParameters + HeadParameters;

    /// <summary>FLOPs of attention's two products for one sequence, forward, over all layers.</summary>
    /// <param name="sequence">Tokens.</param>
    /// <returns>Of what a causal kernel computes: half the square.</returns>
    public double AttentionFlops(double sequence)
    {
        double perPair = 2.0 * Heads * (HeadDim + ValueDim);
        double full = Causal ? sequence * (sequence + 1) / 2 : sequence * sequence;
        double windowed = Window == 0 || sequence <= Window ? full : (Window * (Window + 1.0) / 2) + ((sequence - Window) * Window);
        return perPair * ((FullAttentionLayers * full) + (WindowedLayers * windowed));
    }

    /// <summary>FLOPs of one trained token by the usual count: six a parameter, and the whole square of attention (<c>6P + 12 L h s</c>).</summary>
    /// <param name="sequence">Tokens of a sequence.</param>
    public double TrainingFlopsPerToken(double sequence) => (6 * ActiveParameters) + (6.0 * Heads * (HeadDim + ValueDim) * sequence * (FullAttentionLayers + WindowedLayers));

    /// <summary>The shape of a model that a <c>config.json</c> describes.</summary>
    /// <param name="config">The configuration.</param>
    /// <param name="name">What it is called.</param>
    /// <exception cref="Graph.GraphException">Its sizes multiply to more than there can be.</exception>
    public static TransformerShape Of(ModelConfig config, string name)
    {
        ModelSize size = ModelSize.Of(config);
        double Part(params WeightPart[] parts) => size.Weights.Where(w => parts.Contains(w.Part)).Sum(w => (double)w.Parameters);
        // Routed matrices are those of which a token meets a part.
        double routed = size.Weights.Where(w => w.Part == WeightPart.Experts && w.Active < w.Copies).Sum(w => (double)w.Parameters);
        double table = (double)config.VocabularySize * config.HiddenSize, head = Part(WeightPart.Head);
        bool predicts = head >= table || config.TiedEmbeddings;
        AttentionConfig a = config.Attention;
        LatentAttentionConfig? latent = config.Latent;
        int full = config.Layers.Count(k => k.Mixer == Mixer.Full), windowed = config.Layers.Count(k => k.Mixer == Mixer.Windowed);
        KvCache cache = size.Cache;
        return new TransformerShape
        {
            Name = name,
            Layers = config.Layers.Length,
            Hidden = config.HiddenSize,
            Heads = a.Heads,
            KeyValueHeads = latent is null ? a.KeyValueHeads : a.Heads,
            HeadDim = latent is null ? a.HeadDim : latent.PlainHeadDim + latent.RotaryHeadDim,
            ValueDim = latent?.ValueHeadDim ?? a.HeadDim,
            Intermediate = config.IntermediateSize > 0 ? config.IntermediateSize : config.Experts?.IntermediateSize ?? 0,
            Gated = config.Gated,
            Vocabulary = config.VocabularySize,
            Tied = config.TiedEmbeddings,
            Experts = config.Experts?.Number ?? 0,
            ActiveExperts = config.Experts?.Active ?? 0,
            ExpertWidth = config.Experts?.IntermediateSize ?? 0,
            ExpertLayers = config.Layers.Count(k => k.FeedForward.HasFlag(FeedForward.Experts)),
            // A decoder attends to the encoder besides.
            FullAttentionLayers = full + (config.EncoderLayers > 0 ? full - config.EncoderLayers : 0),
            WindowedLayers = windowed,
            Window = windowed > 0 ? config.Window ?? 0 : 0,
            Causal = config.Family is not (ModelFamily.Bert or ModelFamily.Vit or ModelFamily.T5),
            Parameters = size.Parameters,
            EmbeddingParameters = Part(WeightPart.Embedding),
            HeadParameters = config.TiedEmbeddings && predicts ? Math.Max(head, table) : head,
            ExpertParameters = routed,
            LayerParameters = Part(WeightPart.Attention, WeightPart.FeedForward, WeightPart.Experts, WeightPart.Mamba, WeightPart.Vision) - routed,
            KeyValueElements = cache.Groups.Where(g => g.Window is null).Sum(g => (double)g.Layers * g.Elements),
            WindowedKeyValueElements = cache.Groups.Where(g => g.Window is not null).Sum(g => (double)g.Layers * g.Elements),
            StateElements = cache.StateElements,
        };
    }
}
