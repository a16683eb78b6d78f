using System.Collections.Immutable;
using Headroom.Graph.Operators;

namespace Headroom.Graph;

/// <summary>What an operator may do with its node when a decoder comes to take a few tokens at a time and keeps the rest in a cache (<see cref="Operator.Decode"/>).</summary>
/// <remarks>
/// Each value that follows the tokens has an axis for their positions. An operator that computes each position from that position alone stays as it is, with fewer positions; what depends on the position but not
/// on the tokens (a table, cosines) is read at the positions at hand; attention keeps its keys and values. Everything else refuses.
/// </remarks>
public sealed class DecodingRewrite
{
    private readonly TypedGraph _whole;
    private readonly TypedBuilder _builder;
    private readonly Dictionary<Value, (Value Now, SequenceAxis Axis, long Positions)> _carried = [];
    private readonly Dictionary<(Value, int, Value), Value> _rows = [];
    private readonly List<State> _caches = [];
    private readonly long _batch, _length;
    private long _now;

    internal DecodingRewrite(TypedGraph whole, TypedInput tokens, TypedBuilder builder, Value now, Value positions, Value last, long count, long capacity)
    {
        (_whole, _builder, Positions, Last, _now, Capacity) = (whole, builder, positions, last, count, capacity);
        (_batch, _length) = (tokens.Type.Shape[0], tokens.Type.Shape[1]);
        _carried[tokens.Value] = (now, new SequenceAxis(1), count);
        Node = null!;
        Signature = null!;
    }

    /// <summary>The node, as it works on whole sequences.</summary>
    public Node Node { get; private set; }

    /// <summary>Its types on whole sequences.</summary>
    public Signature Signature { get; private set; }

    /// <summary>Positions that are kept at the most.</summary>
    public long Capacity { get; }

    /// <summary>The positions at hand, int64 <c>[positions]</c>, alike for all sequences of the batch.</summary>
    public Value Positions { get; private set; }

    /// <summary>The last position at hand that holds a token, counted among them, int64 <c>[1]</c>; <see cref="Value.None"/> where all do.</summary>
    public Value Last { get; private set; }

    internal IReadOnlyList<State> Caches => _caches;

    /// <summary>The last node that put something into a cache; -1 for none.</summary>
    internal int LastCached { get; private set; } = -1;

    /// <summary>The axis of an input that holds positions; null where the input is absent or doesn't follow the tokens.</summary>
    public SequenceAxis? Axis(int input) => input < Node.Inputs.Length && _carried.TryGetValue(Node.Inputs[input], out var carried) ? carried.Axis : null;

    /// <summary>An input for the positions at hand; one that doesn't follow the tokens as it is.</summary>
    public Value Input(int input)
    {
        Value v = Node.Inputs[input];
        if (!_carried.TryGetValue(v, out var carried)) return v;
        if (carried.Positions == _now) return carried.Now;
        // Computed for all positions, wanted for the last: see Narrow.
        Value row = RowsOf(carried.Now, carried.Axis, carried.Positions, _narrowed);
        _carried[v] = (row, carried.Axis, _now);
        return row;
    }

    /// <summary>An input that doesn't follow the tokens, but has a row for each position along an axis, at the positions at hand.</summary>
    public Value Rows(int input, int axis)
    {
        Value v = Node.Inputs[input];
        if (_builder.Type(v).Shape[axis] != _length) throw Mixes();
        return RowsOf(v, new SequenceAxis(axis), _length, Positions);
    }

    /// <summary>Keeps the node: the first input alone follows the tokens, and every output has its positions along an axis.</summary>
    public void Carry(SequenceAxis axis) => Carry(axis, -1, null);

    /// <summary>Keeps the node with another value for a shape-bearing input.</summary>
    public void Carry(SequenceAxis axis, int replaced, TensorData? by)
    {
        for (int i = 1; i < Node.Inputs.Length; i++) if (Axis(i) is not null) throw Mixes();
        ImmutableArray<Value> inputs = [.. Node.Inputs.Select((v, i) => !v.Exists ? v : i == replaced ? _builder.Constant(by!, $"{Node.Name}/shape") : Input(i))];
        Replace(Node.Operator, inputs, axis);
    }

    /// <summary>Where the positions stand after a reshape of the first input.</summary>
    public SequenceAxis Reshaped()
    {
        SequenceAxis axis = Axis(0) ?? throw Mixes();
        Shape from = Signature.Input(0).Shape, to = Signature.Output(0).Shape;
        // Elements from one position to the next: the same before and after.
        long step = checked(axis.Inner * new Shape(from.Dims[(axis.Axis + 1)..]).Elements);
        for (int i = 0; i < to.Rank && step > 0; i++)
        {
            long behind = new Shape(to.Dims[(i + 1)..]).Elements, inner = step / Math.Max(behind, 1);
            if (inner * behind == step && to[i] > 0 && to[i] % checked(_length * inner) == 0) return new SequenceAxis(i, to[i] / (_length * inner), inner);
        }
        throw Mixes();
    }

    /// <summary>The first output's shape for the positions at hand, as shape-bearing inputs have it.</summary>
    public TensorData Dims(SequenceAxis axis) => TensorData.Longs(axis.With(Signature.Output(0).Shape, _now).Dims);

    /// <summary>Keeps a node whose outputs have the first input's axes.</summary>
    /// <param name="mixed">The axes along which the operator mixes: the positions must not be among them.</param>
    public void CarryBeside(params ReadOnlySpan<int> mixed)
    {
        SequenceAxis axis = Axis(0) ?? throw Mixes();
        if (mixed.Contains(axis.Axis)) throw Mixes();
        Carry(axis);
    }

    /// <summary>Keeps a node that works element by element on operands that are broadcast together.</summary>
    public void Elementwise()
    {
        (int FromEnd, SequenceAxis Axis)? place = null;
        for (int i = 0; i < Node.Inputs.Length; i++)
        {
            if (Axis(i) is not { } axis) continue;
            int fromTheEnd = Signature.Input(i).Rank - axis.Axis;
            if (place is var (other, joined) && (other != fromTheEnd || joined != axis with { Axis = joined.Axis })) throw Mixes();
            place ??= (fromTheEnd, axis);
        }
        (int fromEnd, SequenceAxis first) = place ?? throw Mixes();
        Value Operand(int i)
        {
            if (!Node.Inputs[i].Exists || Axis(i) is not null) return Node.Inputs[i].Exists ? Input(i) : Value.None;
            TensorType type = Signature.Input(i);
            if (type.Rank < fromEnd || type.Shape[-fromEnd] == 1) return Node.Inputs[i];
            return first.IsAlone ? Rows(i, type.Rank - fromEnd) : throw Mixes();
        }
        Replace(Node.Operator, [.. Enumerable.Range(0, Node.Inputs.Length).Select(Operand)], first with { Axis = Signature.Output(0).Rank - fromEnd });
    }

    /// <summary>Puts another operator, or the same with other inputs, in the node's place. Its outputs have their positions along an axis.</summary>
    /// <exception cref="GraphException">A shape is bound to the length of whole sequences.</exception>
    public void Replace(Operator op, ImmutableArray<Value> inputs, SequenceAxis axis)
    {
        ImmutableArray<Value> made = _builder.Add(Node with { Operator = op, Inputs = inputs });
        foreach (Value o in made)
        {
            if (!o.Exists) continue;
            Shape wanted = axis.With(_whole.Type(o).Shape, _now);
            if (_builder.Type(o).Shape != wanted) throw GraphException.At(Node, $"gives {_builder.Type(o).Shape} for {_now} of {_length} tokens, {wanted} is needed: it is bound to the length of whole sequences, so the model can't be decoded with a cache");
            _carried[o] = (o, axis, _now);
        }
    }

    /// <summary>Keeps an input, keys or values <c>[batch, seq, heads · width]</c> or <c>[batch, heads, seq, width]</c>, in a state <c>[batch, heads, capacity, width]</c>.</summary>
    /// <returns>The state with the positions at hand in it.</returns>
    public Value Cache(int input, string part, long heads, long width)
    {
        TensorType type = Signature.Input(input);
        var state = new State(new Value($"{Node.Name}/{part}_cache"), new TensorType(type.Element, type.Shape[0], heads, Capacity, width), StateKind.Cache, Initializer.Zeros);
        _builder.State(state);
        Value updated = _builder.Add(new CacheAppend { Heads = heads }, $"{state.Value}/appended", [state.Value, Input(input), Positions, Last], 1)[0];
        _builder.Update(state.Value, updated);
        _caches.Add(state);
        LastCached = _index;
        return updated;
    }

    /// <summary>The refusal of a node that computes a position from others.</summary>
    public GraphException Mixes(string how = "computes a position from others, or can't be followed along the tokens")
        => GraphException.At(Node, $"{how}; a decoder with a cache mixes positions by causal attention (ONNX's Attention with is_causal) alone. Generate without a cache");

    private int _index;
    private Value _narrowed;

    internal void Run(int index)
    {
        (_index, Node) = (index, _whole.Nodes[index]);
        Signature = _whole.Signature(Node);
        if (Node.Inputs.Any(_carried.ContainsKey)) Node.Operator.Decode(this);
        else _builder.Add(Node);
    }

    /// <summary>From here on positions don't meet any more, and only what follows from the last is wanted.</summary>
    internal void Narrow()
    {
        if (!Last.Exists || _now == 1) return;
        _narrowed = Last;
        Positions = _builder.Add(new Gather(), $"{Positions}/last", [Positions, Last], 1)[0];
        Last = Value.None;
        _now = 1;
    }

    /// <summary>A result for the positions at hand.</summary>
    internal (Value Now, SequenceAxis Axis)? Result(Value v)
    {
        if (!_carried.TryGetValue(v, out var carried)) return null;
        return (carried.Positions == _now ? carried.Now : RowsOf(carried.Now, carried.Axis, carried.Positions, _narrowed), carried.Axis);
    }

    private Value RowsOf(Value v, SequenceAxis axis, long positions, Value at)
    {
        if (_rows.TryGetValue((v, axis.Axis, at), out Value known)) return known;
        Value from = v;
        Shape shape = _builder.Type(v).Shape;
        if (!axis.IsAlone) from = Reshaped(v, [.. shape.Dims[..axis.Axis], axis.Outer, positions, axis.Inner, .. shape.Dims[(axis.Axis + 1)..]]);
        Value rows = _builder.Add(new Gather { Axis = axis.Axis + (axis.IsAlone ? 0 : 1) }, $"{v}/at", [from, at], 1)[0];
        if (!axis.IsAlone) rows = Reshaped(rows, axis.With(shape, _builder.Type(at).Elements).Dims);
        return _rows[(v, axis.Axis, at)] = rows;
    }

    private Value Reshaped(Value v, ReadOnlySpan<long> dims) => _builder.Add(new Reshape(), $"{v}/rows", [v, _builder.Constant(TensorData.Longs(dims), $"{v}/shape")], 1)[0];
}
