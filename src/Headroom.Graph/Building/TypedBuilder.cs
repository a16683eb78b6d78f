using System.Collections.Immutable;

namespace Headroom.Graph;

/// <summary>Grows a typed graph node by node: each is typed, and folded where all is known, as it is added. Specialisation, autodiff and passes build with it.</summary>
public sealed class TypedBuilder(string name)
{
    private readonly List<TypedInput> _inputs = [];
    private readonly Dictionary<Value, State> _states = [];
    private readonly List<Value> _stateOrder = [];
    private readonly ImmutableDictionary<Value, TensorData>.Builder _constants = ImmutableDictionary.CreateBuilder<Value, TensorData>();
    private readonly List<Node> _nodes = [];
    private readonly ImmutableDictionary<Value, TensorType>.Builder _types = ImmutableDictionary.CreateBuilder<Value, TensorType>();
    private readonly Dictionary<string, int> _names = [];

    /// <summary>A builder that holds a graph's inputs, states and constants, with other nodes in the place of its own, and goes on from there.</summary>
    internal static TypedBuilder From(TypedGraph graph, IEnumerable<Node> nodes)
    {
        var b = new TypedBuilder(graph.Name);
        foreach (TypedInput input in graph.Inputs) b.Input(input.Value, input.Type);
        foreach (State state in graph.States) b.State(state with { Updated = Value.None });
        HashSet<Value> made = [.. graph.Nodes.SelectMany(n => n.Outputs)];
        foreach ((Value value, TensorData data) in graph.Constants.OrderBy(c => c.Key.Name, StringComparer.Ordinal)) if (!made.Contains(value)) b.Constant(value, data);
        foreach (Node node in nodes) b.Add(node);
        foreach (State state in graph.States) if (state.Updated.Exists) b.Update(state.Value, state.Updated);
        return b;
    }

    /// <summary>The nodes so far, in order.</summary>
    public IReadOnlyList<Node> Nodes => _nodes;

    public IEnumerable<State> States => _stateOrder.Select(v => _states[v]);

    public TensorType Type(Value value) => _types.TryGetValue(value, out TensorType t) ? t : throw new GraphException($"value '{value}' is read before anything makes it");

    public TensorData? Constant(Value value) => _constants.GetValueOrDefault(value);

    /// <summary>The types and known values that a node sees.</summary>
    public Signature Signature(Node node) => Headroom.Graph.Signature.Of(node, Type, Constant, withOutputs: true);

    public Value Input(Value value, TensorType type)
    {
        Define(value, type);
        _inputs.Add(new TypedInput(value, type));
        return value;
    }

    public Value State(State state)
    {
        Define(state.Value, state.Type);
        _states.Add(state.Value, state);
        _stateOrder.Add(state.Value);
        return state.Value;
    }

    /// <summary>Declares that <paramref name="updated"/> replaces a state at the end of the step.</summary>
    public void Update(Value state, Value updated)
    {
        if (Type(updated) != Type(state)) throw new GraphException($"state '{state}' is {Type(state)}, its update '{updated}' is {Type(updated)}");
        _states[state] = _states[state] with { Updated = updated };
    }

    /// <summary>What replaces a state at the end of the step; <see cref="Value.None"/> while nothing does.</summary>
    public Value Updated(Value state) => _states[state].Updated;

    public Value Constant(Value value, TensorData data)
    {
        Define(value, data.Type);
        _constants[value] = data;
        return value;
    }

    public Value Constant(TensorData data, string hint = "constant") => Constant(Fresh(hint), data);

    /// <summary>Adds an operator with one output.</summary>
    public Value Add(Operator op, params ReadOnlySpan<Value> inputs) => Add(op, Fresh(op.Name).Name, inputs, 1)[0];

    /// <summary>Adds an operator with new outputs.</summary>
    public ImmutableArray<Value> Add(Operator op, string nodeName, ReadOnlySpan<Value> inputs, int outputs)
    {
        string free = Fresh(nodeName).Name;
        var values = new Value[outputs];
        for (int i = 0; i < outputs; i++) values[i] = i == 0 ? new Value(free) : Fresh($"{free}.{i}");
        return Add(new Node(nodeName, op, [.. inputs], [.. values]));
    }

    /// <summary>Adds a node whose outputs are named already.</summary>
    /// <exception cref="GraphException">An input is unknown or the shape rule refuses; the node is named.</exception>
    public ImmutableArray<Value> Add(Node node)
    {
        try
        {
            Signature s = Headroom.Graph.Signature.Of(node, Type, Constant, withOutputs: false);
            TensorType[] types = node.Operator.Infer(s);
            if (types.Length < node.Outputs.Length) throw new GraphException($"has {types.Length} outputs, {node.Outputs.Length} are asked for");
            TensorData[]? folded = node.Operator.Fold(s.With(types));
            for (int i = 0; i < node.Outputs.Length; i++)
            {
                if (!node.Outputs[i].Exists) continue;
                Define(node.Outputs[i], types[i]);
                if (folded is not null) _constants[node.Outputs[i]] = folded[i];
            }
            if (folded is null) _nodes.Add(node);
            return node.Outputs;
        }
        catch (Exception e) when (e is GraphException or OverflowException or ArgumentException or IndexOutOfRangeException && !e.Message.StartsWith("node '", StringComparison.Ordinal))
        {
            throw GraphException.At(node, e.Message + Origin(node));
        }
    }

    /// <summary>A value name that nothing has yet.</summary>
    public Value Fresh(string hint)
    {
        if (!_types.ContainsKey(new Value(hint)) && _names.TryAdd(hint, 0)) return new Value(hint);
        while (true)
        {
            int n = _names[hint] = _names.GetValueOrDefault(hint) + 1;
            var candidate = new Value($"{hint}_{n}");
            if (!_types.ContainsKey(candidate) && _names.TryAdd(candidate.Name, 0)) return candidate;
        }
    }

    /// <summary>The graph with all its nodes, read or not.</summary>
    internal TypedGraph Whole(params ImmutableArray<Value> outputs) => new(name, [.. _inputs], [.. States], _constants.ToImmutable(), [.. _nodes], outputs, _types.ToImmutable());

    /// <summary>Closes the graph: nodes that lead to no output and no state update are dropped.</summary>
    public TypedGraph Build(params ImmutableArray<Value> outputs)
    {
        var live = new HashSet<Value>(outputs);
        foreach (State s in _states.Values) if (s.Updated.Exists) live.Add(s.Updated);
        var kept = new List<Node>();
        for (int i = _nodes.Count - 1; i >= 0; i--)
        {
            Node n = _nodes[i];
            if (!n.Outputs.Any(live.Contains)) continue;
            foreach (Value v in n.Inputs) if (v.Exists) live.Add(v);
            kept.Add(n.Outputs.All(live.Contains) ? n : n with { Outputs = [.. n.Outputs.Select(o => live.Contains(o) ? o : Value.None)] });
        }
        kept.Reverse();
        ImmutableDictionary<Value, TensorData> constants = _constants.Where(c => live.Contains(c.Key)).ToImmutableDictionary();
        return new TypedGraph(name, [.. _inputs], [.. States], constants, [.. kept], outputs, _types.ToImmutable());
    }

    private const int Told = 12;

    private string Origin(Node node)
    {
        IEnumerable<string> parts = node.Inputs.Take(Told).Select((v, i) => (Value: v, Name: Onnx.OnnxInputNames.Of(node.Operator, i))).Where(x => x.Value.Exists && _types.ContainsKey(x.Value))
            .Select(x => x.Name is null ? $"'{x.Value}' is {_types[x.Value]}" : $"{x.Name} '{x.Value}' is {_types[x.Value]}");
        // A hostile node lists the same input a hundred thousand times.
        string more = node.Inputs.Length > Told ? $", and so on: {node.Inputs.Length} in all" : "";
        return "\nInputs: " + string.Join(", ", parts) + more + ".";
    }

    private void Define(Value value, TensorType type)
    {
        if (!value.Exists) throw new GraphException("a value needs a name");
        if (type.Rank > Onnx.TensorReader.MaxRank) throw new GraphException($"'{value}' would have {type.Rank} axes; up to {Onnx.TensorReader.MaxRank} are taken");
        if (type.IsOversized) throw new GraphException($"'{value}' would be {type}, more than any machine holds (16 TiB)");
        if (!_types.TryAdd(value, type)) throw new GraphException($"two values are called '{value}'");
    }
}
