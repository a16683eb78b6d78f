namespace Headroom.Graph.Passes;

/// <summary>A graph as fusion rules see it: who makes a value, and whether one node alone reads it.</summary>
public sealed class FusionView
{
    private readonly TypedGraph _graph;
    private readonly Dictionary<Value, Node> _makers = [];
    private readonly Dictionary<Value, int> _reads = [];
    private readonly HashSet<Value> _kept;

    internal FusionView(TypedGraph graph)
    {
        _graph = graph;
        _kept = [.. graph.Outputs, .. graph.States.Select(s => s.Updated)];
        foreach (Node n in graph.Nodes) Add(n);
    }

    public TensorType Type(Value v) => _graph.Type(v);

    public Signature Signature(Node n) => _graph.Signature(n);

    /// <summary>The node that makes a value, if it is a <typeparamref name="TOperator"/> whose value nobody else reads.</summary>
    public Node? Only<TOperator>(Value v) where TOperator : Operator
        => v.Exists && _makers.TryGetValue(v, out Node? maker) && maker.Operator is TOperator && _reads.GetValueOrDefault(v) == 1 && !_kept.Contains(v) ? maker : null;

    /// <summary>The fp32 value behind a cast to a half type that nobody else reads, and that cast; the value itself and null where there is none.</summary>
    internal Node? Widened(ref Value v)
    {
        if (Only<Operators.Cast>(v) is not Node cast || Type(cast.Inputs[0]).Element != ElementType.Float32) return null;
        v = cast.Inputs[0];
        return cast;
    }

    internal void Replace(Node last, FusedNode fused)
    {
        foreach (Node n in fused.Absorbed) Remove(n);
        Remove(last);
        Add(fused.Node);
    }

    private void Add(Node n)
    {
        foreach (Value v in n.Outputs) if (v.Exists) _makers[v] = n;
        foreach (Value v in n.Inputs) if (v.Exists) _reads[v] = _reads.GetValueOrDefault(v) + 1;
    }

    private void Remove(Node n)
    {
        foreach (Value v in n.Outputs) if (v.Exists) _makers.Remove(v);
        foreach (Value v in n.Inputs) if (v.Exists) _reads[v]--;
    }
}
