using Headroom.Evidence.Quantities;

namespace Headroom.Graph.Passes;

/// <summary>What the keys and values of past tokens take, known before anything is built.</summary>
/// <param name="Layers">Attention layers; each has a cache of its own.</param>
/// <param name="Batch">Sequences that are written at once.</param>
/// <param name="KeyHeads">Heads of key and value, which groups of query heads may share.</param>
/// <param name="Capacity">Positions.</param>
/// <param name="Width">Features of a head of the key.</param>
/// <param name="Element">The type they are kept in: that of query and key.</param>
/// <remarks>Shazeer, arXiv:1911.02150, section 2.4.1; Pope et al., arXiv:2211.05102, section 2.1.</remarks>
public sealed record KeyValueCache(long Layers, long Batch, long KeyHeads, long Capacity, long Width, ElementType Element = ElementType.Float32)
{
    /// <summary>Features of a head of the value; as many as the key's unless said otherwise.</summary>
    public long ValueWidth { get; init; } = Width;

    /// <summary><c>layers · batch · heads · capacity · (width + value width) · element</c>, which is <c>2 · layers · batch · heads · capacity · width · element</c> where both are as wide.</summary>
    public Bytes Bytes => new(checked(Layers * (One(Width) + One(ValueWidth))));

    /// <summary>What the session allocates: each of the <c>2 · layers</c> tensors begins at a multiple of <see cref="ArenaLayout.Alignment"/>.</summary>
    public Bytes Allocated => new(checked(Layers * (ArenaLayout.Align(One(Width)) + ArenaLayout.Align(One(ValueWidth)))));

    private long One(long width) => checked(Batch * KeyHeads * Capacity * width * Element.Size());
}
