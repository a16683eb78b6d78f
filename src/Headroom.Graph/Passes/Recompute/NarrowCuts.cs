namespace Headroom.Graph.Passes;

/// <summary>
/// Where a forward pass is narrow: one value alone carries all that comes after (a residual stream between blocks). Kept there, a pass can be made again piece by piece, and only one piece's activations live at a time;
/// dropped there, everything before would have to live again at once.
/// </summary>
internal static class NarrowCuts
{
    // A mask or a scalar that goes along doesn't make a place wide.
    private const double Share = 0.9;

    /// <summary>The makers of the values that stand alone, in order.</summary>
    public static IReadOnlyList<int> Of(ForwardPart part)
    {
        TypedGraph g = part.Step;
        var last = new Dictionary<Value, int>();
        var under = new Dictionary<Value, Value>();
        for (int i = 0; i < part.Count; i++)
        {
            Node n = g.Nodes[i];
            // A window is its input as far as memory goes.
            if (part.IsWindow(i)) foreach (Value v in n.Outputs) if (v.Exists) under[v] = Base(n.Inputs[n.Operator.ViewInput]);
            foreach (Value v in n.Inputs) if (v.Exists && part.Maker.ContainsKey(Base(v))) last[Base(v)] = i;
        }
        var alive = new HashSet<Value>();
        var cuts = new List<int>();
        long bytes = 0;
        long Size(Value v) => ArenaLayout.Align(g.Type(v).Bytes);
        for (int i = 0; i < part.Count; i++)
        {
            foreach (Value v in g.Nodes[i].Outputs)
                if (v.Exists && !under.ContainsKey(v) && last.GetValueOrDefault(v, -1) > i && alive.Add(v)) bytes += Size(v);
            foreach (Value v in g.Nodes[i].Inputs.Select(Base).Distinct())
                if (last.GetValueOrDefault(v, -1) == i && alive.Remove(v)) bytes -= Size(v);
            if (alive.Count == 0) continue;
            Value largest = alive.MaxBy(Size);
            int maker = part.Maker[largest];
            if (Size(largest) >= Share * bytes && (cuts.Count == 0 || cuts[^1] < maker)) cuts.Add(maker);
        }
        return cuts;

        Value Base(Value v) => under.GetValueOrDefault(v, v);
    }
}
