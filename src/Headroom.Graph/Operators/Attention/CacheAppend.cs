namespace Headroom.Graph.Operators;

/// <summary>
/// Writes keys or values into a cache, in place. Inputs: the cache <c>[batch, heads, capacity, width]</c>; rows <c>[batch, seq, heads · width]</c> or <c>[batch, heads, seq, width]</c>; the positions that they
/// go to, int64 <c>[seq]</c>; and, optional, int64 <c>[1]</c>, the last row that counts: those behind it are left out. Output: the cache. The run refuses positions outside the capacity.
/// </summary>
public sealed class CacheAppend : Operator
{
    /// <summary>Heads of the rows.</summary>
    public required long Heads { get; init; }

    public override string Domain => "headroom";

    public override int Updates(int output) => 0;

    public override bool AcceptsStrides(int input) => input == 1;

    public override TensorType[] Infer(Signature s)
    {
        TensorType cache = s.Input(0), rows = s.Input(1);
        s.RequireRank(0, 4, "cache");
        s.RequireSameElement(0, 1);
        Shape c = cache.Shape;
        long seq = rows.Rank is 3 or 4 ? rows.Shape[-2] : 0;
        Shape packed = new(c[0], seq, Heads * c[3]), apart = new(c[0], Heads, seq, c[3]);
        if (c[1] != Heads || (rows.Shape != packed && rows.Shape != apart)) throw new GraphException($"rows {rows.Shape} don't go into a cache {c} with {Heads} heads; {packed} or {apart} would");
        if (s.Input(2) != new TensorType(ElementType.Int64, seq)) throw new GraphException($"the positions are {s.Input(2)}; int64[{seq}] is needed, one a row");
        if (s.Has(3) && s.Input(3) != new TensorType(ElementType.Int64, 1)) throw new GraphException($"the last row is {s.Input(3)}; int64[1] is needed");
        return [cache];
    }

    public override Cost Cost(Signature s) => new(0, s.Input(1).Bytes, s.Input(1).Bytes);
}
