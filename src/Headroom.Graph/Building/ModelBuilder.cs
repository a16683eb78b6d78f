using System.Collections.Immutable;

namespace Headroom.Graph;

/// <summary>Builds a model node by node. Names are scoped by dots (<c>block0.attention.qkv.weight</c>) and unique.</summary>
/// <remarks>Shapes are checked when the model is specialised; layers say which widths they need.</remarks>
public sealed class ModelBuilder(string name)
{
    private readonly List<GraphInput> _inputs = [];
    private readonly List<State> _states = [];
    private readonly ImmutableDictionary<Value, TensorData>.Builder _constants = ImmutableDictionary.CreateBuilder<Value, TensorData>();
    private readonly List<Node> _nodes = [];
    private readonly HashSet<string> _names = [];
    private readonly Stack<string> _scopes = [];

    /// <summary>Goes on from a finished model: a loss, a metric.</summary>
    public static ModelBuilder From(Model model)
    {
        var b = new ModelBuilder(model.Name);
        b._inputs.AddRange(model.Inputs);
        b._states.AddRange(model.States);
        b._constants.AddRange(model.Constants);
        b._nodes.AddRange(model.Nodes);
        b._names.UnionWith(model.Inputs.Select(i => i.Value.Name).Concat(model.States.Select(s => s.Value.Name)).Concat(model.Constants.Keys.Select(c => c.Name)));
        b._names.UnionWith(model.Nodes.SelectMany(n => n.Outputs).Where(o => o.Exists).Select(o => o.Name));
        b._names.UnionWith(model.Nodes.Select(n => n.Name));
        return b;
    }

    /// <summary>Puts names made until it is disposed under a prefix.</summary>
    public IDisposable Scope(string prefix)
    {
        _scopes.Push(_scopes.Count == 0 ? prefix : _scopes.Peek() + "." + prefix);
        return new Closing(_scopes);
    }

    /// <summary>A tensor that the caller feeds; a string is a named dimension.</summary>
    public Value Input(string input, ElementType element, params ReadOnlySpan<Dimension> dimensions)
    {
        Value v = Define(input);
        _inputs.Add(new GraphInput(v, element, [.. dimensions]));
        return v;
    }

    /// <summary>A weight, trained by gradient.</summary>
    public Value Weight(string weight, Initializer initializer, params ReadOnlySpan<long> dims)
        => State(weight, new TensorType(ElementType.Float32, dims), StateKind.Weight, initializer, trainable: true);

    /// <summary>A tensor that training keeps up without gradient: a running mean.</summary>
    public Value Statistic(string statistic, Initializer initializer, params ReadOnlySpan<long> dims)
        => State(statistic, new TensorType(ElementType.Float32, dims), StateKind.Statistic, initializer, trainable: false);

    public Value State(string state, TensorType type, StateKind kind, Initializer initializer, bool trainable)
    {
        Value v = Define(Scoped(state));
        _states.Add(new State(v, type, kind, initializer) { Trainable = trainable });
        return v;
    }

    public Value Constant(TensorData data, string hint = "constant")
    {
        Value v = Fresh(Scoped(hint));
        _constants[v] = data;
        return v;
    }

    /// <summary>Adds an operator with one output.</summary>
    public Value Add(Operator op, params ReadOnlySpan<Value> inputs) => AddMany(op, 1, inputs)[0];

    /// <summary>Adds an operator whose one output gets a name of the caller's: a model's logits, a loss.</summary>
    public Value AddNamed(string output, Operator op, params ReadOnlySpan<Value> inputs)
    {
        Value v = Define(output);
        _nodes.Add(new Node(output, op, [.. inputs], [v]));
        return v;
    }

    public ImmutableArray<Value> AddMany(Operator op, int outputs, params ReadOnlySpan<Value> inputs)
    {
        Value first = Fresh(Scoped(op.Name));
        ImmutableArray<Value> values = [first, .. Enumerable.Range(1, outputs - 1).Select(i => Fresh($"{first}.{i}"))];
        _nodes.Add(new Node(first.Name, op, [.. inputs], values));
        return values;
    }

    /// <summary>Puts a model's nodes here, on values of this one. Its states keep their names and are there once, however often it is put.</summary>
    /// <param name="model">The model.</param>
    /// <param name="inputs">What each of its inputs is here.</param>
    /// <param name="scope">Put before its nodes' names, with a dot; nothing where it is empty.</param>
    /// <returns>Its outputs' values here.</returns>
    public ImmutableArray<Value> Inline(Model model, IReadOnlyDictionary<Value, Value> inputs, string scope)
    {
        var here = new Dictionary<Value, Value>(inputs);
        foreach (GraphInput input in model.Inputs) if (!here.ContainsKey(input.Value)) throw new GraphException($"'{model.Name}' has an input '{input.Value}', for which there is no value");
        foreach (State s in model.States)
        {
            if (_states.Contains(s)) continue;
            Define(s.Value.Name);
            _states.Add(s);
        }
        foreach ((Value value, TensorData data) in model.Constants)
        {
            Value there = _constants.FirstOrDefault(c => ReferenceEquals(c.Value, data)).Key;
            here[value] = there.Exists ? there : Fresh(value.Name);
            _constants[here[value]] = data;
        }
        foreach (Node node in model.Nodes)
        {
            ImmutableArray<Value> outputs = [.. node.Outputs.Select(o => o.Exists ? Fresh(scope.Length == 0 ? o.Name : $"{scope}.{o.Name}") : o)];
            for (int i = 0; i < outputs.Length; i++) if (outputs[i].Exists) here[node.Outputs[i]] = outputs[i];
            _nodes.Add(new Node(outputs[0].Exists ? outputs[0].Name : Fresh(node.Name).Name, node.Operator, [.. node.Inputs.Select(v => here.GetValueOrDefault(v, v))], outputs));
        }
        return [.. model.Outputs.Select(o => here.GetValueOrDefault(o, o))];
    }

    public Model Build(params ReadOnlySpan<Value> outputs) => new(name)
    {
        Inputs = [.. _inputs],
        States = [.. _states],
        Constants = _constants.ToImmutable(),
        Nodes = [.. _nodes],
        Outputs = [.. outputs],
    };

    private string Scoped(string local) => _scopes.Count == 0 ? local : _scopes.Peek() + "." + local;

    private Value Define(string value) => _names.Add(value) ? new Value(value) : throw new GraphException($"two values are called '{value}'");

    private Value Fresh(string hint)
    {
        string candidate = hint;
        for (int i = 1; !_names.Add(candidate); i++) candidate = $"{hint}_{i}";
        return new Value(candidate);
    }

    private sealed class Closing(Stack<string> scopes) : IDisposable
    {
        public void Dispose() => scopes.Pop();
    }
}
