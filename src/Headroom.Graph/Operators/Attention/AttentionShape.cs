namespace Headroom.Graph.Operators;

/// <summary>The extents of one attention, checked.</summary>
/// <param name="Packed">The 3-D form: heads side by side in the last axis, <c>[batch, seq, heads · width]</c>; otherwise <c>[batch, heads, seq, width]</c>.</param>
/// <param name="Batch">Sequences.</param>
/// <param name="Heads">Heads of the query.</param>
/// <param name="Queries">Positions of the query.</param>
/// <param name="Keys">Positions of key and value, those of the past among them.</param>
/// <param name="Width">Width of a head of query and key.</param>
public readonly record struct AttentionShape(bool Packed, long Batch, long Heads, long Queries, long Keys, long Width)
{
    /// <summary>Heads of key and value: each is read by <see cref="Group"/> neighbouring heads of the query.</summary>
    public long KeyHeads { get; init; }

    /// <summary>Width of a head of the value and of the result.</summary>
    public long ValueWidth { get; init; }

    /// <summary>Positions that come from <c>past_key</c> and <c>past_value</c>, before those of key and value.</summary>
    public long Past { get; init; }

    /// <summary>Last axis of the mask; keys from here on are hidden. <see cref="Keys"/> where there is no mask or it is broadcast.</summary>
    public long MaskKeys { get; init; }

    /// <summary>Query heads that share a head of key and value.</summary>
    public long Group => Heads / KeyHeads;

    /// <summary>Elements of all score matrices <c>[batch, heads, queries, keys]</c>.</summary>
    public long Scores => checked(Batch * Heads * Queries * Keys);

    /// <summary>The shape of the mask that every mask must be broadcastable to.</summary>
    public Shape Mask => new(Batch, Heads, Queries, Keys);

    /// <summary>As many heads and as wide everywhere, nothing empty, no past, no short mask: what the blocked kernel and the products between contiguous operands take.</summary>
    public bool IsPlain => KeyHeads == Heads && ValueWidth == Width && Past == 0 && MaskKeys == Keys && Batch > 0 && Width > 0 && Queries > 0 && Keys > 0;

    /// <summary>The result, in the query's form.</summary>
    public Shape Result => Packed ? new(Batch, Queries, checked(Heads * ValueWidth)) : new(Batch, Heads, Queries, ValueWidth);

    /// <summary>Reads the extents off query, key, value, mask and past.</summary>
    /// <exception cref="GraphException">They don't fit each other.</exception>
    public static AttentionShape Of(TensorType q, TensorType k, TensorType v, TensorType? mask, TensorType? pastKey, TensorType? pastValue, long queryHeads, long keyHeads)
    {
        if (!q.Element.IsFloat() || !v.Element.IsFloat()) throw new GraphException($"the query is {q}, the value {v}; attention takes floats: cast them");
        if (k.Element != q.Element) throw new GraphException($"query {q} and key {k} differ in type; cast one");
        if (q.Rank is not (3 or 4) || k.Rank != q.Rank || v.Rank != q.Rank)
            throw new GraphException($"query {q.Shape}, key {k.Shape} and value {v.Shape} must all be [batch, seq, heads · width] or all [batch, heads, seq, width]");
        bool packed = q.Rank == 3;
        (long heads, long keyed) = packed ? (queryHeads, keyHeads > 0 ? keyHeads : queryHeads) : (q.Shape[1], k.Shape[1]);
        if (packed && queryHeads < 1) throw new GraphException($"q_num_heads is {queryHeads}; inputs of rank 3 need it, 1 or more");
        if (!packed && v.Shape[1] != keyed) throw new GraphException($"key {k.Shape} and value {v.Shape} differ in heads: {keyed} and {v.Shape[1]}");
        if (!packed && ((queryHeads > 0 && queryHeads != heads) || (keyHeads > 0 && keyHeads != keyed)))
            throw new GraphException($"q_num_heads {queryHeads} and kv_num_heads {keyHeads} aren't what the inputs have, {heads} and {keyed}");
        if (keyed < 1 || heads % keyed != 0) throw new GraphException($"{heads} query heads meet {keyed} key and value heads; each must be shared by a whole number of query heads");
        long width = packed ? Divided(q.Shape, heads, "query") : q.Shape[3], keyWidth = packed ? Divided(k.Shape, keyed, "key") : k.Shape[3];
        if (keyWidth != width) throw new GraphException($"query {q.Shape} and key {k.Shape} differ in width: {width} and {keyWidth} a head, of {heads} and {keyed} heads");
        if (k.Shape[0] != q.Shape[0] || v.Shape[0] != q.Shape[0]) throw new GraphException($"query {q.Shape}, key {k.Shape} and value {v.Shape} differ in batch");
        if (k.Shape[-2] != v.Shape[-2]) throw new GraphException($"key {k.Shape} and value {v.Shape} differ in length: {k.Shape[-2]} and {v.Shape[-2]}");
        var a = new AttentionShape(packed, q.Shape[0], heads, q.Shape[-2], k.Shape[-2], width)
        {
            KeyHeads = keyed,
            ValueWidth = packed ? Divided(v.Shape, keyed, "value") : v.Shape[3],
            MaskKeys = k.Shape[-2],
        };
        if (pastKey is { } pk && pastValue is { } pv) a = a.After(pk, pv);
        else if (pastKey is not null || pastValue is not null) throw new GraphException("past_key and past_value go together; one of them is missing");
        return mask is { } m ? a.Under(m) : a;
    }

    private static long Divided(Shape shape, long heads, string what)
        => shape[2] % heads == 0 ? shape[2] / heads : throw new GraphException($"the {what}'s last axis, {shape[2]} of {shape}, doesn't divide into {heads} heads");

    private AttentionShape After(TensorType key, TensorType value)
    {
        if (key.Rank != 4 || key.Shape != new Shape(Batch, KeyHeads, key.Shape[2], Width))
            throw new GraphException($"past_key is {key.Shape}; [{Batch}, {KeyHeads}, past, {Width}] is needed");
        if (value.Shape != new Shape(Batch, KeyHeads, key.Shape[2], ValueWidth))
            throw new GraphException($"past_value is {value.Shape}; [{Batch}, {KeyHeads}, {key.Shape[2]}, {ValueWidth}] is needed");
        return this with { Past = key.Shape[2], Keys = checked(Keys + key.Shape[2]), MaskKeys = checked(Keys + key.Shape[2]) };
    }

    private AttentionShape Under(TensorType mask)
    {
        bool fits = mask.Rank <= 4;
        for (int i = 2; fits && i <= mask.Rank; i++) fits = mask.Shape[-i] == 1 || mask.Shape[-i] == Mask[4 - i];
        // An axis of 1 is broadcast, anything else that is shorter hides the keys that it doesn't reach.
        long last = mask.Rank == 0 ? 1 : mask.Shape[-1];
        if (!fits || last > Keys || (last == 0 && Keys > 0)) throw new GraphException($"the mask {mask.Shape} can't be broadcast to [batch, heads, queries, keys] = {Mask}");
        return last == 1 ? this : this with { MaskKeys = last };
    }
}
