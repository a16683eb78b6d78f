namespace Headroom.Graph.Operators;

/// <summary>
/// Causal attention of a few queries to the keys and values in a cache: the query at a position sees those up to its own. Inputs: the query <c>[batch, seq, heads · width]</c> or <c>[batch, heads, seq, width]</c>;
/// keys and values <c>[batch, key heads, capacity, width]</c>, the queries' own among them; the queries' positions, int64 <c>[seq]</c>; and, optional, int64 <c>[1]</c>, the last query that counts: those behind it
/// give zeros. The result is like the query. What a cache holds behind a query's position is never read.
/// </summary>
/// <remarks>Sums are fp32. Vaswani et al., arXiv:1706.03762, eq. 1, by one pass over the keys: Milakov and Gimelshein, arXiv:1805.02867.</remarks>
public sealed class CacheAttention : AttentionOperator
{
    public CacheAttention() { }

    internal CacheAttention(AttentionOperator other) : base(other) { }

    public override string Domain => "headroom";

    public override bool AcceptsStrides(int input) => input == 0;

    public override TensorType[] Infer(Signature s)
    {
        CacheAttentionShape a = Extents(s);
        TensorType q = s.Input(0);
        return [new TensorType(q.Element, a.Packed ? new Shape(a.Batch, a.Queries, a.Heads * a.ValueWidth) : new Shape(a.Batch, a.Heads, a.Queries, a.ValueWidth))];
    }

    // With a full cache, the most there can be.
    public override Cost Cost(Signature s)
    {
        CacheAttentionShape a = Extents(s);
        return new(a.Batch * a.Heads * a.Queries * a.Capacity * (2.0 * (a.Width + a.ValueWidth) + 5), s.InputBytes, s.OutputBytes);
    }

    /// <summary>The extents.</summary>
    /// <exception cref="GraphException">The inputs don't fit each other.</exception>
    public CacheAttentionShape Extents(Signature s)
    {
        TensorType q = s.Input(0), k = s.Input(1), v = s.Input(2);
        if (q.Element is not (ElementType.Float32 or ElementType.BFloat16) || k.Element != q.Element || v.Element != q.Element)
            throw new GraphException($"the query is {q}, keys {k}, values {v}; all in fp32 or all in bf16 are taken");
        s.RequireRank(1, 4, "keys");
        s.RequireRank(2, 4, "values");
        if (v.Shape.With(3, 0) != k.Shape.With(3, 0)) throw new GraphException($"keys {k.Shape} and values {v.Shape} differ in batch, heads or capacity");
        bool packed = q.Rank == 3;
        long heads = packed ? QueryHeads : q.Rank == 4 ? q.Shape[1] : 0, width = k.Shape[3];
        Shape wanted = packed ? new(k.Shape[0], q.Shape[1], heads * width) : new(k.Shape[0], heads, q.Rank == 4 ? q.Shape[2] : 0, width);
        if (q.Shape != wanted || heads < 1 || heads % k.Shape[1] != 0) throw new GraphException($"the query {q.Shape} of {heads} heads doesn't fit keys {k.Shape}");
        long seq = q.Shape[-2];
        if (s.Input(3) != new TensorType(ElementType.Int64, seq)) throw new GraphException($"the positions are {s.Input(3)}; int64[{seq}] is needed, one a query");
        if (s.Has(4) && s.Input(4) != new TensorType(ElementType.Int64, 1)) throw new GraphException($"the last query is {s.Input(4)}; int64[1] is needed");
        return new CacheAttentionShape(packed, k.Shape[0], heads, k.Shape[1], seq, k.Shape[2], width, v.Shape[3]);
    }
}

/// <summary>The extents of one attention to a cache.</summary>
/// <param name="Packed">The query is <c>[batch, seq, heads · width]</c>, otherwise <c>[batch, heads, seq, width]</c>.</param>
/// <param name="Batch">Sequences.</param>
/// <param name="Heads">Heads of the query.</param>
/// <param name="KeyHeads">Heads of the cache; each is read by <c>Heads / KeyHeads</c> neighbours.</param>
/// <param name="Queries">Positions of the query.</param>
/// <param name="Capacity">Positions of the cache.</param>
/// <param name="Width">Features of a head of query and key.</param>
/// <param name="ValueWidth">Features of a head of the value and of the result.</param>
public readonly record struct CacheAttentionShape(bool Packed, long Batch, long Heads, long KeyHeads, long Queries, long Capacity, long Width, long ValueWidth);
