namespace Headroom.Graph.Passes;

/// <summary>
/// Decides for a price of memory which forward nodes run again in the backward pass and which values are kept for it: the cheapest of all such decisions, found as a minimum cut.
/// A value that is wanted is either kept, at its bytes' price, or made again, at its node's time, and then that node's inputs are wanted in turn.
/// </summary>
/// <remarks>The cut between what is kept and what is repeated: Jain et al. (Checkmate), arXiv:1910.02653, state the problem; PyTorch's min-cut partitioner solves it for bytes alone. Here time and bytes are weighed in one cut.</remarks>
internal sealed class KeepOrRepeat(ForwardPart part, Func<Node, double> seconds)
{
    private readonly double[] _seconds = [.. Enumerable.Range(0, part.Count).Select(i => seconds(part.Step.Nodes[i]))];
    private readonly bool[] _repeatable = [.. Enumerable.Range(0, part.Count).Select(part.IsRepeatable)];

    /// <param name="price">Seconds that a byte is worth.</param>
    /// <param name="never">Nodes that may not run again.</param>
    public Decision At(double price, IReadOnlySet<int> never)
    {
        TypedGraph g = part.Step;
        var cut = new MinimumCut();
        int[] repeats = new int[part.Count];
        var wanted = new Dictionary<Value, int>();
        for (int i = 0; i < part.Count; i++)
        {
            repeats[i] = cut.AddVertex();
            bool may = _repeatable[i] && !never.Contains(i);
            cut.Pay(MinimumCut.Source, repeats[i], may ? part.IsWindow(i) ? Tiny : Math.Max(_seconds[i], Tiny) : double.MaxValue);
            foreach (Value v in g.Nodes[i].Outputs)
            {
                if (!v.Exists) continue;
                wanted[v] = cut.AddVertex();
                // A window isn't kept, what it looks at is.
                cut.Pay(repeats[i], wanted[v], may && part.IsWindow(i) ? double.MaxValue : price * ArenaLayout.Align(g.Type(v).Bytes));
                if (part.ReadBehind.Contains(v)) cut.Pay(wanted[v], MinimumCut.Sink, double.MaxValue);
            }
        }
        for (int i = 0; i < part.Count; i++)
            foreach (Value v in g.Nodes[i].Inputs.Distinct()) if (v.Exists && wanted.TryGetValue(v, out int vertex)) cut.Pay(vertex, repeats[i], double.MaxValue);
        bool[] sink = cut.SinkSide();
        var again = new HashSet<int>();
        for (int i = 0; i < part.Count; i++) if (sink[repeats[i]]) again.Add(i);
        return Weigh(again);
    }

    /// <summary>What a choice of nodes to repeat costs and leaves.</summary>
    public Decision Weigh(IReadOnlySet<int> again)
    {
        HashSet<Value> kept = [];
        double time = 0;
        foreach (Value v in part.ReadBehind) if (!again.Contains(part.Maker[v])) kept.Add(v);
        foreach (int i in again)
        {
            if (!part.IsWindow(i)) time += _seconds[i];
            foreach (Value v in part.Step.Nodes[i].Inputs) if (v.Exists && part.Maker.TryGetValue(v, out int maker) && !again.Contains(maker)) kept.Add(v);
        }
        return new Decision(again, kept.Sum(v => part.IsWindow(part.Maker[v]) ? 0 : ArenaLayout.Align(part.Step.Type(v).Bytes)), time);
    }

    // Ties between repeating and keeping what costs nothing are decided for keeping.
    private const double Tiny = 1e-12;
}

/// <summary>Which forward nodes run again.</summary>
/// <param name="Again">Their places.</param>
/// <param name="Kept">Bytes that live from the forward to the backward pass.</param>
/// <param name="Seconds">What running them again takes.</param>
internal sealed record Decision(IReadOnlySet<int> Again, long Kept, double Seconds);
