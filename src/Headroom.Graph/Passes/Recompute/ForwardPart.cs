namespace Headroom.Graph.Passes;

/// <summary>A training step parted in two: the nodes up to the loss, and those behind it that read what they made.</summary>
internal sealed class ForwardPart
{
    private readonly bool[] _windows;

    public ForwardPart(TypedGraph step)
    {
        Step = step;
        // The first output is the loss: what stands behind it differentiates and updates.
        Count = step.Outputs.IsEmpty ? 0 : step.Nodes.TakeWhile(n => !n.Outputs.Contains(step.Outputs[0])).Count() + 1;
        if (Count > step.Nodes.Length) Count = 0;
        for (int i = 0; i < Count; i++)
            foreach (Value v in step.Nodes[i].Outputs) if (v.Exists) Maker[v] = i;
        for (int i = Count; i < step.Nodes.Length; i++)
            foreach (Value v in step.Nodes[i].Inputs) if (v.Exists && Maker.ContainsKey(v)) ReadBehind.Add(v);
        _windows = [.. Enumerable.Range(0, Count).Select(Looks)];
    }

    public TypedGraph Step { get; }

    /// <summary>Nodes of the forward part: the first so many.</summary>
    public int Count { get; }

    /// <summary>Which forward node makes a value.</summary>
    public Dictionary<Value, int> Maker { get; } = [];

    /// <summary>Forward values that are wanted behind the loss.</summary>
    public HashSet<Value> ReadBehind { get; } = [];

    /// <summary>Whether a node's outputs are windows on its input, if they are read so: keeping one keeps what it looks at.</summary>
    public bool IsWindow(int node) => _windows[node];

    private bool Looks(int node)
    {
        Node n = Step.Nodes[node];
        if (n.Operator.ViewInput < 0) return false;
        Signature s = Step.Signature(n);
        long[] strides = Step.Strides(n.Inputs[n.Operator.ViewInput]);
        return Enumerable.Range(0, n.Outputs.Length).All(o => !n.Outputs[o].Exists || n.Operator.View(s, o, strides) is not null);
    }

    /// <summary>Whether a node may run twice: it gives something beside what updates state, and that doesn't depend on a state as it was before.</summary>
    public bool IsRepeatable(int node)
    {
        Node n = Step.Nodes[node];
        if (!n.Outputs.Where((v, o) => v.Exists && n.Operator.Updates(o) < 0).Any()) return false;
        return Enumerable.Range(0, n.Outputs.Length).All(o => n.Operator.Updates(o) < 0 || n.Operator.ReadsOnlyToUpdate(n.Operator.Updates(o)));
    }
}
