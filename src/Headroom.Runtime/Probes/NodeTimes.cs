using Headroom.Graph;
using Headroom.Graph.Passes;
using Headroom.Runtime.Execution;

namespace Headroom.Runtime.Probes;

/// <summary>Seconds that nodes take on this machine. A node that was not measured itself is estimated: at the rate, by FLOPs and bytes, that its operator's measured nodes reach, or all nodes where none of them is its operator's.</summary>
/// <param name="measured">By <see cref="NodeKey.Of"/>.</param>
/// <param name="rates">By operator's name: measured seconds over the seconds that its work would take at <see cref="Bound"/>; the empty name holds all together.</param>
/// <param name="whole">What a whole update took, over the sum of its nodes alone: below 1 where values stay in a cache from node to node, above where something else wants the cores.</param>
public sealed class NodeTimes(IReadOnlyDictionary<string, double> measured, IReadOnlyDictionary<string, double> rates, double whole = 1)
{
    public double Whole { get; } = whole;

    public IReadOnlyDictionary<string, double> Measured { get; } = measured;

    public IReadOnlyDictionary<string, double> Rates { get; } = rates;

    /// <summary>Seconds of a node of a graph: its share of the whole.</summary>
    public double Of(Node node, TypedGraph graph) => Whole * Alone(node, graph);

    private double Alone(Node node, TypedGraph graph)
    {
        if (Measured.TryGetValue(NodeKey.Of(node, graph), out double seconds)) return seconds;
        return Bound(node.Operator.Cost(graph.Signature(node))) * (Rates.TryGetValue(node.Operator.Name, out double rate) || Rates.TryGetValue("", out rate) ? rate : 1);
    }

    /// <summary>Seconds of a whole graph, run once.</summary>
    public double Of(TypedGraph graph) => Of(Session.Plan(graph)).Sum();

    /// <summary>Seconds of each node of a planned graph; a window on another buffer needs no kernel, and takes none.</summary>
    public IReadOnlyList<double> Of(MemoryPlan plan) => [.. plan.Graph.Nodes.Select((n, i) => plan.IsView(i) ? 0 : Of(n, plan.Graph))];

    internal static NodeTimes From(IReadOnlyList<(Node Node, TypedGraph Graph, double Seconds)> runs)
    {
        var rates = new SortedDictionary<string, double>(StringComparer.Ordinal);
        foreach (IGrouping<string, (Node Node, TypedGraph Graph, double Seconds)> g in runs.GroupBy(r => r.Node.Operator.Name)) rates[g.Key] = Rate(g);
        if (runs.Count > 0) rates[""] = Rate(runs);
        return new NodeTimes(runs.DistinctBy(r => NodeKey.Of(r.Node, r.Graph)).ToDictionary(r => NodeKey.Of(r.Node, r.Graph), r => r.Seconds), rates);
    }

    private static double Rate(IEnumerable<(Node Node, TypedGraph Graph, double Seconds)> runs)
        => runs.Sum(r => r.Seconds) / runs.Sum(r => Bound(r.Node.Operator.Cost(r.Graph.Signature(r.Node))));

    // Only its proportions matter: about ten FLOPs for each byte that a processor moves, and what a call costs.
    private static double Bound(Cost c) => 1e-6 + Math.Max(c.Flops / 1e11, (c.Read + c.Written) / 1e10);
}

/// <summary>What decides a node's time and scratch: operator, attributes, types, layouts and wanted outputs.</summary>
public static class NodeKey
{
    public static string Of(Node node, TypedGraph graph)
    {
        Signature s = graph.Signature(node);
        var attributes = new Graph.Onnx.OnnxAttributes(21);
        node.Operator.Write(attributes);
        string inputs = string.Join(",", node.Inputs.Select(v => v.Exists ? graph.Type(v) + (graph.ChannelsLast.Contains(v) ? " channels-last" : "") : ""));
        return $"{node.Operator.Name}({inputs}){string.Join(";", attributes.Values.Select(a => $"{a.Key}={Text(a.Value)}"))}:{string.Join(",", Enumerable.Range(0, s.OutputCount).Select(s.Wants))}";
    }

    private static string Text(object value) => value is Array a ? string.Join(",", a.Cast<object>()) : value.ToString() ?? "";
}
