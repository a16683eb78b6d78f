namespace Headroom.Audit.Duplicates;

/// <summary>Which things belong together, by pairs that do (union-find). The smallest of a cluster stands for it.</summary>
public sealed class Clusters
{
    private readonly int[] _parent;

    /// <summary>Each by itself.</summary>
    /// <param name="count">How many things.</param>
    public Clusters(int count) => _parent = [.. Enumerable.Range(0, count)];

    /// <summary>The smallest of a thing's cluster.</summary>
    /// <param name="thing">From 0.</param>
    public int Of(int thing)
    {
        while (_parent[thing] != thing)
        {
            _parent[thing] = _parent[_parent[thing]];
            thing = _parent[thing];
        }
        return thing;
    }

    /// <summary>Joins the clusters of two things.</summary>
    /// <param name="a">One.</param>
    /// <param name="b">The other.</param>
    /// <returns>False where they were joined already.</returns>
    public bool Join(int a, int b)
    {
        (int x, int y) = (Of(a), Of(b));
        if (x == y) return false;
        _parent[Math.Max(x, y)] = Math.Min(x, y);
        return true;
    }

    /// <summary>The smallest of the cluster of each thing.</summary>
    public int[] All() => [.. Enumerable.Range(0, _parent.Length).Select(Of)];
}
