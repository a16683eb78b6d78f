namespace Headroom.Graph.Passes;

/// <summary>A graph as fusion rules see it: who makes a value, who reads it, and in which order.</summary>
public sealed class FusionView
{
    private readonly TypedGraph _graph;
    private readonly Dictionary<Value, Node> _makers = [];
    private readonly Dictionary<Value, List<Node>> _readers = [];
    private readonly Dictionary<Node, int> _places = new(ReferenceEqualityComparer.Instance);
    private readonly HashSet<Value> _kept;

    internal FusionView(TypedGraph graph)
    {
        _graph = graph;
        _kept = [.. graph.Outputs, .. graph.States.Select(s => s.Updated)];
        for (int i = 0; i < graph.Nodes.Length; i++) Add(graph.Nodes[i], i);
    }

    public TensorType Type(Value v) => _graph.Type(v);

    /// <summary>A value that is known before the run, else null.</summary>
    public TensorData? Constant(Value v) => _graph.Constants.GetValueOrDefault(v);

    public Signature Signature(Node n) => _graph.Signature(n);

    /// <summary>The node that makes a value, if it is a <typeparamref name="TOperator"/>.</summary>
    public Node? Maker<TOperator>(Value v) where TOperator : Operator => v.Exists && _makers.TryGetValue(v, out Node? maker) && maker.Operator is TOperator ? maker : null;

    /// <summary>The node that makes a value, if it is a <typeparamref name="TOperator"/> whose value nobody else reads.</summary>
    public Node? Only<TOperator>(Value v) where TOperator : Operator => Maker<TOperator>(v) is Node maker && IsReadOnce(v) ? maker : null;

    /// <summary>The one node that reads a value, if it is a <typeparamref name="TOperator"/>.</summary>
    public Node? OnlyReader<TOperator>(Value v) where TOperator : Operator => IsReadOnce(v) && _readers[v][0] is { Operator: TOperator } reader ? reader : null;

    /// <summary>The first node in running order that reads a value.</summary>
    public Node? FirstReader(Value v) => _readers.TryGetValue(v, out List<Node>? readers) ? readers.MinBy(n => _places[n]) : null;

    /// <summary>The fp32 value behind a cast to a half type that nobody else reads, and that cast; the value itself and null where there is none.</summary>
    internal Node? Widened(ref Value v)
    {
        if (Only<Operators.Cast>(v) is not Node cast || Type(cast.Inputs[0]).Element != ElementType.Float32) return null;
        v = cast.Inputs[0];
        return cast;
    }

    internal void Replace(Node last, FusedNode fused)
    {
        int place = _places[last];
        foreach (Node n in fused.Absorbed) Remove(n);
        Remove(last);
        Add(fused.Node, place);
    }

    private bool IsReadOnce(Value v) => v.Exists && _readers.TryGetValue(v, out List<Node>? readers) && readers.Count == 1 && !_kept.Contains(v);

    private void Add(Node n, int place)
    {
        _places[n] = place;
        foreach (Value v in n.Outputs) if (v.Exists) _makers[v] = n;
        foreach (Value v in n.Inputs)
        {
            if (!v.Exists) continue;
            if (!_readers.TryGetValue(v, out List<Node>? readers)) _readers[v] = readers = [];
            readers.Add(n);
        }
    }

    private void Remove(Node n)
    {
        foreach (Value v in n.Outputs) if (v.Exists) _makers.Remove(v);
        foreach (Value v in n.Inputs) if (v.Exists) _readers[v].RemoveAt(_readers[v].FindIndex(r => ReferenceEquals(r, n)));
    }
}
