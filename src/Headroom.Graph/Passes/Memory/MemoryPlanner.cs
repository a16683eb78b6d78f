using System.Collections.Immutable;

namespace Headroom.Graph.Passes;

/// <summary>Walks a graph in running order and decides for each value: a window on another buffer, another buffer's second life, or a buffer of its own.</summary>
internal sealed class MemoryPlanner
{
    private readonly TypedGraph _graph;
    private readonly Func<Node, long> _workspace;
    private readonly Dictionary<Value, List<(int Node, int Input)>> _readers = [];
    private readonly Dictionary<Value, Placement> _placements = [];
    private readonly Dictionary<int, List<Value>> _on = [];
    private readonly Dictionary<int, int> _lastRead = [];
    private readonly List<PlannedBuffer> _buffers = [];
    private readonly HashSet<int> _views = [];
    private readonly HashSet<Value> _kept;
    private readonly Dictionary<Value, State> _byUpdate;

    public MemoryPlanner(TypedGraph graph, Func<Node, long> workspace)
    {
        _graph = graph;
        _workspace = workspace;
        _byUpdate = graph.States.Where(s => s.Updated.Exists).ToDictionary(s => s.Updated);
        _kept = [.. graph.Outputs, .. _byUpdate.Keys];
        for (int i = 0; i < graph.Nodes.Length; i++)
        {
            for (int k = 0; k < graph.Nodes[i].Inputs.Length; k++)
            {
                Value v = graph.Nodes[i].Inputs[k];
                if (!v.Exists) continue;
                if (!_readers.TryGetValue(v, out List<(int, int)>? list)) _readers[v] = list = [];
                list.Add((i, k));
            }
        }
    }

    public MemoryPlan Run()
    {
        int n = _graph.Nodes.Length;
        foreach (State s in _graph.States) Own(s.Value, BufferKind.State, -1, n);
        foreach ((Value v, _) in _graph.Constants.OrderBy(c => c.Key.Name, StringComparer.Ordinal))
            if (_readers.ContainsKey(v) || _kept.Contains(v)) Own(v, BufferKind.Constant, -1, n);
        foreach (TypedInput i in _graph.Inputs) Own(i.Value, BufferKind.Arena, -1, -1);
        var workspaces = new int[n];
        for (int i = 0; i < n; i++)
        {
            Node node = _graph.Nodes[i];
            Signature s = _graph.Signature(node);
            foreach (Value v in node.Inputs) if (v.Exists) Extend(_placements[v].Buffer, i);
            bool view = node.Operator.ViewInput >= 0;
            for (int o = 0; o < node.Outputs.Length; o++)
                if (view && node.Outputs[o].Exists) view = PlaceView(node, s, o, i);
            if (view) _views.Add(i);
            var taken = new HashSet<int>();
            for (int o = 0; o < node.Outputs.Length && !view; o++)
                if (node.Outputs[o].Exists) Place(node, o, i, taken);
            long bytes = view ? 0 : _workspace(node);
            workspaces[i] = bytes > 0 ? Add($"{node.Name}/workspace", bytes, BufferKind.Arena, i, i) : -1;
        }
        foreach (Value v in _graph.Outputs) Extend(_placements[v].Buffer, n);
        var copies = new List<State>();
        foreach (State s in _byUpdate.Values)
        {
            if (_placements[s.Updated].Buffer == _placements[s.Value].Buffer) continue;
            copies.Add(s);
            Extend(_placements[s.Updated].Buffer, n);
        }
        RequireReadersBeforeUpdates();
        long arena = ArenaLayout.Place(_buffers);
        return new MemoryPlan(_graph, [.. _buffers], arena, _placements, _views, workspaces, [.. copies.OrderBy(c => c.Value.Name, StringComparer.Ordinal)]);
    }

    private int Add(string name, long bytes, BufferKind kind, int first, int last)
    {
        _buffers.Add(new PlannedBuffer(_buffers.Count, name, bytes, kind, first, last));
        return _buffers.Count - 1;
    }

    private void Own(Value v, BufferKind kind, int first, int last)
    {
        Put(v, new Placement(Add(v.Name, _graph.Type(v).Bytes, kind, first, last), 0, _graph.Strides(v)));
    }

    private void Put(Value v, Placement at)
    {
        _placements[v] = at;
        if (!_on.TryGetValue(at.Buffer, out List<Value>? values)) _on[at.Buffer] = values = [];
        values.Add(v);
        int last = _kept.Contains(v) ? int.MaxValue : _readers.TryGetValue(v, out List<(int Node, int Input)>? readers) ? readers[^1].Node : -1;
        _lastRead[at.Buffer] = Math.Max(_lastRead.GetValueOrDefault(at.Buffer, -1), last);
    }

    /// <summary>A buffer lives until its last reader; readers of windows on it count.</summary>
    private void Extend(int buffer, int node)
    {
        if (_buffers[buffer].Last < node) _buffers[buffer] = _buffers[buffer] with { Last = node };
    }

    /// <summary>Makes an output a window on the node's input, if it is one and all that read it can.</summary>
    private bool PlaceView(Node node, Signature s, int output, int index)
    {
        Value source = node.Inputs[node.Operator.ViewInput], v = node.Outputs[output];
        Placement from = _placements[source];
        if (node.Operator.View(s, output, from.Strides) is not View view) return false;
        bool contiguous = AsOwned(v, view.Strides);
        if (!contiguous && (_kept.Contains(v) || !_readers.GetValueOrDefault(v, []).All(r => _graph.Nodes[r.Node].Operator.AcceptsStrides(r.Input)))) return false;
        // What outlives the step must not be a window on something that changes.
        if (_kept.Contains(v) && _buffers[from.Buffer].Kind is BufferKind.State or BufferKind.Constant) return false;
        Put(v, new Placement(from.Buffer, from.Offset + view.Offset, contiguous ? _graph.Strides(v) : view.Strides));
        Extend(from.Buffer, index);
        return true;
    }

    private void Place(Node node, int output, int index, HashSet<int> taken)
    {
        Value v = node.Outputs[output];
        int update = node.Operator.Updates(output);
        if (update >= 0 && _byUpdate.TryGetValue(v, out State? state) && state.Value == node.Inputs[update])
        {
            Put(v, _placements[state.Value]);
            return;
        }
        int over = node.Operator.MayOverwrite(output);
        if (over >= 0 && over < node.Inputs.Length && node.Inputs[over].Exists && CanOverwrite(node, over, v, index) && taken.Add(_placements[node.Inputs[over]].Buffer))
        {
            Put(v, new Placement(_placements[node.Inputs[over]].Buffer, 0, _graph.Strides(v)));
            return;
        }
        Own(v, BufferKind.Arena, index, index);
    }

    private bool CanOverwrite(Node node, int input, Value output, int index)
    {
        Value v = node.Inputs[input];
        Placement at = _placements[v];
        PlannedBuffer buffer = _buffers[at.Buffer];
        TensorType type = _graph.Type(output);
        if (buffer.Kind is BufferKind.State or BufferKind.Constant || at.Offset != 0 || buffer.Bytes != type.Bytes || !AsOwned(v, at.Strides) || _graph.ChannelsLast.Contains(v) != _graph.ChannelsLast.Contains(output)) return false;
        for (int k = 0; k < node.Inputs.Length; k++)
        {
            if (k == input || !node.Inputs[k].Exists) continue;
            Placement other = _placements[node.Inputs[k]];
            if (other.Buffer == at.Buffer && (_graph.Type(node.Inputs[k]) != _graph.Type(v) || !other.Strides.AsSpan().SequenceEqual(at.Strides))) return false;
        }
        // Nobody reads any value on the buffer later, directly or through a window.
        return _lastRead[at.Buffer] <= index;
    }

    /// <summary>A state may be overwritten only after everything that wants its old value.</summary>
    private void RequireReadersBeforeUpdates()
    {
        for (int i = 0; i < _graph.Nodes.Length; i++)
        {
            foreach (Value o in _graph.Nodes[i].Outputs)
            {
                if (!o.Exists || !_byUpdate.TryGetValue(o, out State? s) || _placements[o].Buffer != _placements[s.Value].Buffer) continue;
                int buffer = _placements[o].Buffer;
                foreach (Value v in _on[buffer])
                {
                    if (v == o) continue;
                    foreach ((int reader, _) in _readers.GetValueOrDefault(v, []))
                        if (reader > i) throw GraphException.At(_graph.Nodes[reader], $"reads '{v}' after '{_graph.Nodes[i].Name}' has overwritten it; a pass has put the update too early");
                }
            }
        }
    }

    /// <summary>Whether a value lies without gaps, as it would in a buffer of its own; the strides of extents of 1 don't matter.</summary>
    private bool AsOwned(Value v, ReadOnlySpan<long> strides)
    {
        Shape shape = _graph.Type(v).Shape;
        long[] owned = _graph.Strides(v);
        for (int i = 0; i < shape.Rank; i++)
            if (shape[i] != 1 && strides[i] != owned[i]) return false;
        return true;
    }
}
