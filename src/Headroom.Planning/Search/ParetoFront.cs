namespace Headroom.Planning.Search;

/// <summary>What no other beats in everything: kept as things come, each with what it costs in every respect (less is better).</summary>
/// <typeparam name="T">What is compared.</typeparam>
/// <param name="objectives">How many respects.</param>
public sealed class ParetoFront<T>(int objectives)
{
    private readonly List<(double[] Costs, T Item)> _items = [];

    /// <summary>The members, in no order.</summary>
    public IEnumerable<T> Items => _items.Select(i => i.Item);

    /// <summary>How many there are.</summary>
    public int Count => _items.Count;

    /// <summary>Whether a member is no worse in every respect: whatever costs at least this can be left out.</summary>
    /// <param name="costs">One a respect.</param>
    public bool Dominates(ReadOnlySpan<double> costs)
    {
        foreach ((double[] other, _) in _items)
            if (NoWorse(other, costs)) return true;
        return false;
    }

    /// <summary>Takes an item in, and drops the members that it beats, unless a member is no worse already.</summary>
    /// <param name="costs">One a respect.</param>
    /// <param name="item">Made only where it is taken in.</param>
    /// <returns>Whether it was taken in.</returns>
    public bool Offer(ReadOnlySpan<double> costs, Func<T> item)
    {
        if (costs.Length != objectives) throw new ArgumentException($"{costs.Length} costs were given, {objectives} are compared", nameof(costs));
        if (Dominates(costs)) return false;
        double[] kept = costs.ToArray();
        _items.RemoveAll(i => NoWorse(kept, i.Costs));
        _items.Add((kept, item()));
        return true;
    }

    private static bool NoWorse(ReadOnlySpan<double> a, ReadOnlySpan<double> b)
    {
        for (int i = 0; i < a.Length; i++)
            if (a[i] > b[i]) return false;
        return true;
    }
}
