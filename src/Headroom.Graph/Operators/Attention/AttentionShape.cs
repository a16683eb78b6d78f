namespace Headroom.Graph.Operators;

/// <summary>The extents of one attention, checked.</summary>
/// <param name="Packed">The 3-D form: heads side by side in the last axis, <c>[batch, seq, heads · width]</c>; otherwise <c>[batch, heads, seq, width]</c>.</param>
/// <param name="Batch">Sequences.</param>
/// <param name="Heads">Heads.</param>
/// <param name="Queries">Positions of the query.</param>
/// <param name="Keys">Positions of key and value.</param>
/// <param name="Width">Width of a head.</param>
public readonly record struct AttentionShape(bool Packed, long Batch, long Heads, long Queries, long Keys, long Width)
{
    /// <summary>Elements of all score matrices <c>[batch, heads, queries, keys]</c>.</summary>
    public long Scores => checked(Batch * Heads * Queries * Keys);

    /// <summary>The shape of the mask that every mask must be broadcastable to.</summary>
    public Shape Mask => new(Batch, Heads, Queries, Keys);

    /// <summary>Reads the extents off query, key, value and mask.</summary>
    /// <exception cref="GraphException">They don't fit each other, or ask for what isn't supported.</exception>
    public static AttentionShape Of(TensorType q, TensorType k, TensorType v, TensorType? mask, long queryHeads, long keyHeads)
    {
        if (!q.Element.IsFloat()) throw new GraphException($"the query is {q}; attention takes floats: cast it");
        if (k.Element != q.Element || v.Element != q.Element) throw new GraphException($"query {q}, key {k} and value {v} differ in type; cast them");
        if (q.Rank is not (3 or 4) || k.Rank != q.Rank || v.Rank != q.Rank)
            throw new GraphException($"query {q.Shape}, key {k.Shape} and value {v.Shape} must all be [batch, seq, heads · width] or all [batch, heads, seq, width]");
        AttentionShape a = q.Rank == 3 ? OfPacked(q.Shape, k.Shape, v.Shape, queryHeads, keyHeads) : OfHeads(q.Shape, k.Shape, v.Shape, queryHeads, keyHeads);
        if (k.Shape[0] != a.Batch || v.Shape[0] != a.Batch) throw new GraphException($"query {q.Shape}, key {k.Shape} and value {v.Shape} differ in batch");
        if (k.Shape[-2] != v.Shape[-2]) throw new GraphException($"key {k.Shape} and value {v.Shape} differ in length: {k.Shape[-2]} and {v.Shape[-2]}");
        if (k.Shape[-1] != q.Shape[-1]) throw new GraphException($"query {q.Shape} and key {k.Shape} differ in width: {q.Shape[-1]} and {k.Shape[-1]}");
        if (v.Shape[-1] != q.Shape[-1]) throw new GraphException($"the value {v.Shape} is of another width than the query {q.Shape}: {v.Shape[-1]} and {q.Shape[-1]}; project it to the same width");
        if (a.Width == 0 || a.Queries == 0 || a.Keys == 0) throw new GraphException($"query {q.Shape} and key {k.Shape}: a sequence or a head is empty");
        if (mask is { } m) CheckMask(m, a, q.Element);
        return a;
    }

    private static AttentionShape OfPacked(Shape q, Shape k, Shape v, long queryHeads, long keyHeads)
    {
        if (queryHeads < 1) throw new GraphException($"q_num_heads is {queryHeads}; inputs of rank 3 need it, 1 or more");
        if (keyHeads > 0 && keyHeads != queryHeads) throw Grouped(queryHeads, keyHeads);
        if (q[2] % queryHeads != 0) throw new GraphException($"the query's last axis, {q[2]} of {q}, doesn't divide into {queryHeads} heads");
        return new(true, q[0], queryHeads, q[1], k[1], q[2] / queryHeads);
    }

    private static AttentionShape OfHeads(Shape q, Shape k, Shape v, long queryHeads, long keyHeads)
    {
        if (k[1] != q[1] || v[1] != q[1]) throw Grouped(q[1], k[1]);
        if ((queryHeads > 0 && queryHeads != q[1]) || (keyHeads > 0 && keyHeads != q[1])) throw new GraphException($"q_num_heads {queryHeads} and kv_num_heads {keyHeads} aren't what the inputs have, {q[1]}");
        return new(false, q[0], q[1], q[2], k[2], q[3]);
    }

    private static GraphException Grouped(long queries, long keys)
        => new($"{queries} query heads meet {keys} key and value heads: grouped-query attention isn't supported; repeat the key and value heads with Expand");

    private static void CheckMask(TensorType mask, AttentionShape a, ElementType element)
    {
        if (mask.Element != ElementType.Bool && mask.Element != element && mask.Element != ElementType.Float32)
            throw new GraphException($"the mask is {mask}; bool (true: seen), fp32 or the query's type (added to the scores) is needed");
        bool fits = mask.Rank <= 4;
        for (int i = 1; fits && i <= mask.Rank; i++) fits = mask.Shape[mask.Rank - i] == 1 || mask.Shape[mask.Rank - i] == a.Mask[4 - i];
        if (!fits) throw new GraphException($"the mask {mask.Shape} can't be broadcast to [batch, heads, queries, keys] = {a.Mask}");
    }
}
