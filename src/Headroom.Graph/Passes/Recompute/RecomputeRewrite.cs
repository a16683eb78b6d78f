namespace Headroom.Graph.Passes;

/// <summary>Puts a decision into a graph: nodes that run again stand just before the first backward node that reads what they make.</summary>
internal sealed class RecomputeRewrite
{
    private readonly ForwardPart _part;
    private readonly IReadOnlySet<int> _again;
    private readonly List<Node> _nodes = [];
    private readonly Dictionary<int, Node> _copies = [];
    private readonly HashSet<int> _late;
    private readonly string _suffix;

    private RecomputeRewrite(ForwardPart part, IReadOnlySet<int> again, HashSet<int> late)
    {
        _part = part;
        _again = again;
        _late = late;
        // What has been made again once may be so a second time.
        _suffix = Suffix;
        while (part.Step.Nodes.Any(n => n.Outputs.Any(v => v.Exists && v.Name.EndsWith(_suffix, StringComparison.Ordinal)))) _suffix += Suffix;
    }

    /// <param name="part">The step.</param>
    /// <param name="again">Forward nodes to run again.</param>
    /// <param name="late">Set to those that would read a weight after its update, and so can't be repeated where they are wanted.</param>
    /// <returns>The graph; null where <paramref name="late"/> has some.</returns>
    public static TypedGraph? Run(ForwardPart part, IReadOnlySet<int> again, out IReadOnlySet<int> late)
    {
        var found = new HashSet<int>();
        late = found;
        var rewrite = new RecomputeRewrite(part, again, found);
        return rewrite.Build();
    }

    private TypedGraph? Build()
    {
        TypedGraph g = _part.Step;
        Dictionary<Value, Value> replaced = g.States.Where(s => s.Updated.Exists).ToDictionary(s => s.Updated, s => s.Value);
        var overwritten = new HashSet<Value>();
        for (int i = 0; i < g.Nodes.Length; i++)
        {
            Node node = g.Nodes[i];
            if (i >= _part.Count)
            {
                foreach (Value v in node.Inputs) if (v.Exists) Require(v, overwritten);
                node = node with { Inputs = [.. node.Inputs.Select(Now)] };
            }
            _nodes.Add(node);
            foreach (Value v in node.Outputs) if (v.Exists && replaced.TryGetValue(v, out Value state)) overwritten.Add(state);
        }
        if (_late.Count > 0) return null;
        TypedGraph rewritten = TypedBuilder.From(g, _nodes).Build(g.Outputs);
        // A copy lies as what it copies, or it would be made by other kernels and to other bits.
        return g.ChannelsLast.IsEmpty ? rewritten : rewritten.InLayout(rewritten.Nodes.SelectMany(n => n.Outputs).Where(v => v.Exists && g.ChannelsLast.Contains(Original(v))));
    }

    /// <summary>The value itself where it is kept, else that of the copy.</summary>
    private Value Now(Value v)
    {
        if (!v.Exists || !_part.Maker.TryGetValue(v, out int maker) || !_copies.TryGetValue(maker, out Node? copy)) return v;
        int o = _part.Step.Nodes[maker].Outputs.IndexOf(v);
        return copy.Outputs[o].Exists ? copy.Outputs[o] : v;
    }

    /// <summary>Copies what makes a value, and what makes its inputs, deepest first; without recursion, chains are long.</summary>
    private void Require(Value value, HashSet<Value> overwritten)
    {
        var open = new Stack<int>();
        Open(value, open);
        while (open.TryPeek(out int i))
        {
            Node node = _part.Step.Nodes[i];
            int before = open.Count;
            foreach (Value v in node.Inputs) if (v.Exists) Open(v, open);
            if (open.Count > before) continue;
            open.Pop();
            if (_copies.ContainsKey(i)) continue;
            Value[] inputs = [.. node.Inputs.Select((v, k) => Replaced(node, k) ?? Now(v))];
            if (inputs.Any(overwritten.Contains)) _late.Add(i);
            var copy = new Node(
                node.Name + _suffix,
                node.Operator,
                [.. inputs],
                [.. node.Outputs.Select((v, o) => v.Exists && node.Operator.Updates(o) < 0 ? new Value(v.Name + _suffix) : Value.None)]);
            _copies[i] = copy;
            _nodes.Add(copy);
        }
    }

    /// <summary>A state that is read for its update only: the copy updates nothing, so what stands there now will do.</summary>
    private static Value? Replaced(Node node, int input)
    {
        for (int o = 0; o < node.Outputs.Length; o++)
            if (node.Operator.Updates(o) == input && node.Operator.ReadsOnlyToUpdate(input) && node.Outputs[o].Exists) return node.Outputs[o];
        return null;
    }

    private void Open(Value v, Stack<int> open)
    {
        if (_part.Maker.TryGetValue(v, out int maker) && _again.Contains(maker) && !_copies.ContainsKey(maker)) open.Push(maker);
    }

    private Value Original(Value v) => v.Name.EndsWith(_suffix, StringComparison.Ordinal) ? new Value(v.Name[..^_suffix.Length]) : v;

    private const string Suffix = ".again";
}
