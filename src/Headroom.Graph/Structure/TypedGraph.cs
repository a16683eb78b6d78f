using System.Collections.Immutable;

namespace Headroom.Graph;

/// <summary>An input with its static type.</summary>
public sealed record TypedInput(Value Value, TensorType Type);

/// <summary>A graph with every shape static and every value typed: what is differentiated, scheduled, costed and run. Immutable.</summary>
public sealed class TypedGraph
{
    private readonly ImmutableDictionary<Value, TensorType> _types;

    internal TypedGraph(
        string name,
        ImmutableArray<TypedInput> inputs,
        ImmutableArray<State> states,
        ImmutableDictionary<Value, TensorData> constants,
        ImmutableArray<Node> nodes,
        ImmutableArray<Value> outputs,
        ImmutableDictionary<Value, TensorType> types)
    {
        Name = name;
        Inputs = inputs;
        States = states;
        Constants = constants;
        Nodes = nodes;
        Outputs = outputs;
        _types = types;
    }

    public string Name { get; }

    public ImmutableArray<TypedInput> Inputs { get; }

    public ImmutableArray<State> States { get; }

    /// <summary>Values known before anything runs, folded ones included.</summary>
    public ImmutableDictionary<Value, TensorData> Constants { get; }

    public ImmutableArray<Node> Nodes { get; }

    public ImmutableArray<Value> Outputs { get; }

    /// <summary>The images <c>[batch, channels, height, width]</c> whose elements lie with the channels innermost; all else lies row by row.</summary>
    public ImmutableHashSet<Value> ChannelsLast { get; private init; } = [];

    public TensorType Type(Value value) => _types.TryGetValue(value, out TensorType type) ? type : throw new GraphException($"graph '{Name}' has no value '{value}'");

    public bool Has(Value value) => _types.ContainsKey(value);

    /// <summary>How a value with a buffer of its own lies in it, in elements.</summary>
    public long[] Strides(Value value)
    {
        Shape shape = Type(value).Shape;
        return ChannelsLast.Contains(value) ? [shape[1] * shape[2] * shape[3], 1, shape[3] * shape[1], shape[1]] : shape.Strides();
    }

    /// <summary>The same graph with these images channels-last; those that it doesn't have are left out.</summary>
    public TypedGraph InLayout(IEnumerable<Value> channelsLast)
        => new(Name, Inputs, States, Constants, Nodes, Outputs, _types) { ChannelsLast = [.. channelsLast.Where(Has)] };

    /// <summary>The types and known values that a node sees.</summary>
    public Signature Signature(Node node) => Headroom.Graph.Signature.Of(node, Type, v => Constants.GetValueOrDefault(v), withOutputs: true);

    /// <summary>The cost of the whole graph, run once.</summary>
    public Cost Cost() => Nodes.Aggregate(default(Cost), (sum, n) => sum + n.Operator.Cost(Signature(n)));
}
