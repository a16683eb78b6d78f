using System.Collections.Immutable;
using Headroom.Graph.Passes;

namespace Headroom.Graph;

/// <summary>What an operator may do with its node when the model takes its training form (<see cref="Operator.Train"/>).</summary>
public sealed class TrainingRewrite
{
    private readonly Model _graph;
    private readonly HashSet<Value> _states;
    private readonly List<Node> _nodes = [];
    private readonly Dictionary<Value, Value> _updates = [];
    private int _streams;

    internal TrainingRewrite(Model graph)
    {
        _graph = graph;
        _states = [.. graph.States.Select(s => s.Value)];
        Node = null!;
    }

    /// <summary>The node in its inference form.</summary>
    public Node Node { get; internal set; }

    public void Keep() => _nodes.Add(Node);

    /// <summary>Puts another operator in the node's place, under the same node name.</summary>
    public void Replace(Operator op, ImmutableArray<Value> inputs, ImmutableArray<Value> outputs) => _nodes.Add(new Node(Node.Name, op, inputs, outputs));

    /// <summary>Declares that the step replaces a state (a running statistic) by a value the node makes.</summary>
    /// <returns>False when <paramref name="state"/> is no state of this graph (a constant, say): then there is nothing to keep.</returns>
    public bool Update(Value state, Value updated)
    {
        if (!_states.Contains(state)) return false;
        _updates[state] = updated;
        return true;
    }

    /// <summary>The step's seed and position, and a stream number of the node's own: what a counter-based generator draws from.</summary>
    public (Value Seed, Value Position, int Stream) Random() => (TrainingForm.Seed, TrainingForm.Position, ++_streams);

    internal Model Finish()
    {
        ImmutableArray<GraphInput> inputs = _graph.Inputs;
        if (_streams > 0)
            inputs = [.. inputs, new GraphInput(TrainingForm.Seed, ElementType.Int64, []), new GraphInput(TrainingForm.Position, ElementType.Int64, [])];
        return _graph with
        {
            Inputs = inputs,
            Nodes = [.. _nodes],
            States = [.. _graph.States.Select(s => _updates.TryGetValue(s.Value, out Value u) ? s with { Updated = u } : s)],
        };
    }
}
