using System.Collections.Immutable;

namespace Headroom.Graph.Passes;

/// <summary>How a decoder is to be cut for decoding.</summary>
public sealed record CachedDecodingOptions
{
    /// <summary>Sequences that are written at once, all at the same position.</summary>
    public long Batch { get; init; } = 1;

    /// <summary>Positions that are kept; null: as many as the model is fixed at. A model that has tables for its positions takes no more than they have.</summary>
    public long? Capacity { get; init; }

    /// <summary>Tokens that the prefill takes at a time; cut to the capacity.</summary>
    public long Chunk { get; init; } = 64;
}

/// <summary>A decoder for a few tokens at a time, in two graphs over the same weights and caches.</summary>
/// <param name="Prefill">
/// A piece of a prompt. Inputs: tokens <c>int64[batch, chunk]</c>, <see cref="CachedDecoding.Positions"/> <c>int64[chunk]</c> and <see cref="CachedDecoding.Last"/> <c>int64[1]</c>, the last of them that holds a
/// token; what lies behind it is kept nowhere. Output: the logits after that token <c>[batch, 1, vocabulary]</c>.
/// </param>
/// <param name="Step">One token. Inputs: tokens <c>int64[batch, 1]</c>, <see cref="CachedDecoding.Positions"/> <c>int64[1]</c>. Output: its logits <c>[batch, 1, vocabulary]</c>.</param>
/// <param name="Tokens">The input of both.</param>
/// <param name="Capacity">Positions that are kept.</param>
/// <param name="Chunk">Tokens that the prefill takes.</param>
/// <param name="Caches">The states that hold keys and values, in the order of their layers.</param>
public sealed record DecodingGraphs(TypedGraph Prefill, TypedGraph Step, Value Tokens, long Capacity, long Chunk, ImmutableArray<State> Caches)
{
    /// <summary>What the caches take, as the sum of their tensors; see <see cref="KeyValueCache"/> for the formula.</summary>
    public long CacheBytes => Caches.Sum(c => c.Type.Bytes);
}
