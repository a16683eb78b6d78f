namespace Headroom.Graph.HuggingFace;

/// <summary>Attention with as many key/value heads as query heads, or with fewer that groups of them share.</summary>
/// <remarks>Grouped queries: Ainslie et al., arXiv:2305.13245.</remarks>
public sealed record AttentionConfig
{
    /// <summary>Query heads.</summary>
    public required int Heads { get; init; }

    /// <summary>Key and value heads, a divisor of <see cref="Heads"/>.</summary>
    public required int KeyValueHeads { get; init; }

    /// <summary>Elements of one head's query, key and value.</summary>
    public required int HeadDim { get; init; }

    /// <summary>Whether the query, key and value projections have a bias.</summary>
    public bool InputBias { get; init; }

    /// <summary>Whether the output projection has one.</summary>
    public bool OutputBias { get; init; }

    /// <summary>Whether queries and keys pass a norm whose weight is <see cref="HeadDim"/> long.</summary>
    public bool NormedHeads { get; init; }

    /// <summary>Whether queries and keys pass a norm over all heads' elements, each with a weight of its own (OLMo 2; head by head in Command R+ and StableLM 2 12B).</summary>
    public bool NormedProjections { get; init; }

    /// <summary>Whether each head has a learned logit that takes attention from all tokens (gpt-oss).</summary>
    public bool Sinks { get; init; }

    /// <summary>Whether the values are projected by the keys' own weight (Gemma 4's full layers).</summary>
    public bool ValuesAreKeys { get; init; }
}

/// <summary>Multi-head latent attention: keys and values are kept as one compressed row a token.</summary>
/// <param name="QueryRank">Width of the compressed queries; null where queries are projected at once.</param>
/// <param name="KeyValueRank">Width of the compressed keys and values, which is what a cache keeps.</param>
/// <param name="PlainHeadDim">Elements of a head's query and key without positions (<c>qk_nope_head_dim</c>).</param>
/// <param name="RotaryHeadDim">Elements with rotary positions; the key's are shared by all heads and cached too.</param>
/// <param name="ValueHeadDim">Elements of a head's value.</param>
/// <param name="Indexer">What picks the tokens to attend to, where attention is sparse.</param>
/// <remarks>DeepSeek-V2, arXiv:2405.04434, section 2.1.</remarks>
public sealed record LatentAttentionConfig(int? QueryRank, int KeyValueRank, int PlainHeadDim, int RotaryHeadDim, int ValueHeadDim, IndexerConfig? Indexer = null);

/// <summary>The lightning indexer of DeepSeek's sparse attention: scores every earlier token by small heads of its own, whose keys are cached too.</summary>
/// <param name="Heads">Heads.</param>
/// <param name="HeadDim">Elements of a head.</param>
/// <param name="Tokens">How many tokens are attended to.</param>
/// <remarks>DeepSeek-V3.2-Exp, section 2.1.</remarks>
public sealed record IndexerConfig(int Heads, int HeadDim, int Tokens);
