using Headroom.Planning.Models;

namespace Headroom.Planning.Serving;

/// <summary>What one forward pass of a decoder asks of a device: its weights by how they are read, its cache, its arithmetic.</summary>
public sealed record ServingWork
{
    /// <summary>The model's name.</summary>
    public required string Name { get; init; }

    /// <summary>Layers, whose kernels are launched one after the other.</summary>
    public required int Layers { get; init; }

    /// <summary>Width of the residual stream.</summary>
    public required int Hidden { get; init; }

    /// <summary>All weights, embeddings too.</summary>
    public required double Parameters { get; init; }

    /// <summary>Weights that every pass reads whatever the batch: attention, dense and shared feed-forward networks, norms, the head.</summary>
    public required double DenseParameters { get; init; }

    /// <summary>Of those, the head's, which a prefill works through for the last token alone.</summary>
    public required double HeadParameters { get; init; }

    /// <summary>Weights of the token table and of a head of its own.</summary>
    public double TableParameters => Math.Max(0, Parameters - (DenseParameters - HeadParameters) - ExpertParameters);

    /// <summary>Weights of all routed experts; 0 of a dense model.</summary>
    public double ExpertParameters { get; init; }

    /// <summary>Routed experts a layer; 0 of a dense model.</summary>
    public int Experts { get; init; }

    /// <summary>Routed experts that a token meets in a layer.</summary>
    public int ActiveExperts { get; init; }

    /// <summary>Elements that one token adds to the cache in layers that see everything.</summary>
    public required double KvElements { get; init; }

    /// <summary>Elements that one token adds in layers that see a window.</summary>
    public double WindowedKvElements { get; init; }

    /// <summary>Tokens that windowed layers see; 0 where none are.</summary>
    public int Window { get; init; }

    /// <summary>FLOPs of attention for one token and one token before it, over all layers that see everything.</summary>
    public required double AttentionFlops { get; init; }

    /// <summary>The same over all windowed layers.</summary>
    public double WindowedAttentionFlops { get; init; }

    /// <summary>The same of a prompt's tokens over all layers that see everything, where keys and values are unpacked first (latent attention); else as <see cref="AttentionFlops"/>.</summary>
    public double? PromptAttentionFlops { get; init; }

    /// <summary>State that a sequence keeps whatever its length, in elements (Mamba).</summary>
    public double StateElements { get; init; }

    /// <summary>Heads that keys and values are split into, over which tensor parallelism can share the cache; 1 of latent attention.</summary>
    public required int KvHeads { get; init; }

    /// <summary>Whether a token sees only those before it; an encoder's sees all.</summary>
    public bool Causal { get; init; } = true;

    /// <summary>Weights that one token is multiplied with.</summary>
    public double ActiveParameters => DenseParameters + (Experts > 0 ? ExpertParameters * ActiveExperts / Experts : 0);

    /// <summary>Weights that a pass over so many tokens reads: of E experts with k a token, <c>E (1 - (1 - k/E)^B)</c> are met by somebody.</summary>
    /// <param name="tokens">In one pass.</param>
    /// <returns>Parameters, between <see cref="ActiveParameters"/> and all that are read.</returns>
    public double ReadParameters(double tokens) => Experts == 0 ? DenseParameters : DenseParameters + (ExpertParameters * (1 - Math.Pow(1 - ((double)ActiveExperts / Experts), tokens)));

    /// <summary>Cache elements that a sequence of so many tokens holds.</summary>
    /// <param name="tokens">In the sequence.</param>
    /// <returns>Elements, windows and states counted.</returns>
    public double CacheElements(double tokens) => (KvElements * tokens) + (WindowedKvElements * Math.Min(tokens, Window)) + StateElements;

    /// <summary>FLOPs of attention for one token after so many others.</summary>
    /// <param name="context">Tokens before it.</param>
    /// <param name="prompt">Whether it is one of many of a prompt.</param>
    /// <returns>FLOPs over all layers.</returns>
    public double AttentionAt(double context, bool prompt = false) => ((prompt ? PromptAttentionFlops ?? AttentionFlops : AttentionFlops) * context) + (WindowedAttentionFlops * Math.Min(context, Window));

    /// <summary>The work of a model.</summary>
    /// <param name="shape">Its sizes.</param>
    /// <returns>What one pass asks of a device.</returns>
    public static ServingWork Of(TransformerShape shape)
    {
        // Latent attention keeps one compressed row a token, which heads share: less than two rows of every head.
        bool latent = shape.FullAttentionLayers > 0 && shape.KeyValueElements < 1.9 * shape.FullAttentionLayers * shape.KeyValueHeads * shape.HeadDim;
        double pair = 2.0 * shape.Heads * (shape.HeadDim + shape.ValueDim);
        double prompt = shape.FullAttentionLayers * pair;
        return new ServingWork
        {
            Name = shape.Name,
            Layers = shape.Layers,
            Hidden = shape.Hidden,
            Parameters = shape.Parameters,
            DenseParameters = shape.LayerParameters + shape.HeadParameters,
            HeadParameters = shape.HeadParameters,
            ExpertParameters = shape.ExpertParameters,
            Experts = shape.ExpertParameters > 0 ? shape.Experts : 0,
            ActiveExperts = shape.ActiveExperts,
            KvElements = shape.KeyValueElements,
            WindowedKvElements = shape.WindowedKeyValueElements,
            Window = shape.Window,
            // Decoding works on the compressed rows themselves: scores over all of a row, the sum over nearly all (arXiv:2405.04434, section 2.1.2).
            AttentionFlops = latent ? 4.0 * shape.Heads * shape.KeyValueElements : prompt,
            PromptAttentionFlops = latent ? prompt : null,
            WindowedAttentionFlops = shape.WindowedLayers * pair,
            StateElements = shape.StateElements,
            KvHeads = latent ? 1 : Math.Max(1, shape.KeyValueHeads),
            Causal = shape.Causal,
        };
    }
}
