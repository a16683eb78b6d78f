namespace Headroom.Graph.Passes;

/// <summary>The cheapest way to part a source from a sink: a cut of the least capacity, by the largest flow.</summary>
/// <remarks>Dinic's algorithm (1970): shortest augmenting paths, all of one length at a time.</remarks>
internal sealed class MinimumCut
{
    // Flows are sums and differences of seconds: what is left of one below this is rounding.
    private const double Zero = 1e-15;
    private readonly List<Edge> _edges = [];
    private readonly List<List<int>> _from = [[], []];

    public const int Source = 0, Sink = 1;

    public int AddVertex()
    {
        _from.Add([]);
        return _from.Count - 1;
    }

    /// <summary>What has to be paid when <paramref name="from"/> ends on the source's side and <paramref name="to"/> on the sink's.</summary>
    public void Pay(int from, int to, double capacity)
    {
        if (capacity <= 0) return;
        _from[from].Add(_edges.Count);
        _edges.Add(new Edge(to, capacity));
        _from[to].Add(_edges.Count);
        _edges.Add(new Edge(from, 0));
    }

    /// <summary>Solves, and tells of every vertex whether it is on the sink's side. Of several cheapest cuts it gives the one with the fewest vertices there.</summary>
    public bool[] SinkSide()
    {
        int[] depth = new int[_from.Count];
        while (Layer(depth))
        {
            int[] next = new int[_from.Count];
            while (Push(depth, next)) { }
        }
        // Behind the last layer: what can still reach the sink is on its side, all else stays with the source.
        var sink = new bool[_from.Count];
        var queue = new Queue<int>([Sink]);
        sink[Sink] = true;
        while (queue.TryDequeue(out int v))
        {
            foreach (int e in _from[v])
            {
                // The edge's twin runs towards v.
                Edge twin = _edges[e ^ 1];
                int u = _edges[e].To;
                if (sink[u] || twin.Left <= Zero) continue;
                sink[u] = true;
                queue.Enqueue(u);
            }
        }
        return sink;
    }

    private bool Layer(int[] depth)
    {
        Array.Fill(depth, -1);
        depth[Source] = 0;
        var queue = new Queue<int>([Source]);
        while (queue.TryDequeue(out int v))
        {
            foreach (int e in _from[v])
            {
                if (_edges[e].Left <= Zero || depth[_edges[e].To] >= 0) continue;
                depth[_edges[e].To] = depth[v] + 1;
                queue.Enqueue(_edges[e].To);
            }
        }
        return depth[Sink] >= 0;
    }

    /// <summary>One path through the layers, found without recursion: graphs are deep.</summary>
    private bool Push(int[] depth, int[] next)
    {
        var path = new Stack<int>();
        int at = Source;
        while (at != Sink)
        {
            bool stepped = false;
            for (; next[at] < _from[at].Count; next[at]++)
            {
                int e = _from[at][next[at]];
                if (_edges[e].Left <= Zero || depth[_edges[e].To] != depth[at] + 1) continue;
                path.Push(e);
                at = _edges[e].To;
                stepped = true;
                break;
            }
            if (stepped) continue;
            if (path.Count == 0) return false;
            at = _edges[path.Pop() ^ 1].To;
            next[at]++;
        }
        double flow = path.Min(e => _edges[e].Left);
        foreach (int e in path)
        {
            _edges[e] = _edges[e] with { Left = _edges[e].Left - flow };
            _edges[e ^ 1] = _edges[e ^ 1] with { Left = _edges[e ^ 1].Left + flow };
        }
        return true;
    }

    private readonly record struct Edge(int To, double Left);
}
