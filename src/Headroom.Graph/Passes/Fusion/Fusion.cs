namespace Headroom.Graph.Passes;

/// <summary>
/// Joins chains of memory-bound nodes into one that visits memory once. Runs on the forward graph, so that gradients come out joined too, and again on the whole step, for what gradients brought.
/// Results agree with the unjoined graph's within rounding: what was rounded to its storage between two nodes no longer is.
/// </summary>
public static class Fusion
{
    /// <summary>All rules of this assembly, in the order of their names.</summary>
    public static IReadOnlyList<FusionRule> Rules { get; } =
    [
        .. typeof(FusionRule).Assembly.GetTypes().Where(t => t.IsSubclassOf(typeof(FusionRule)) && !t.IsAbstract).Select(t => (FusionRule)Activator.CreateInstance(t)!).OrderBy(r => r.Name, StringComparer.Ordinal),
    ];

    /// <param name="graph">In running order.</param>
    /// <param name="rules">Those to apply; all without.</param>
    public static TypedGraph Run(TypedGraph graph, IReadOnlyList<FusionRule>? rules = null) => TypedBuilder.From(graph, Joined(graph, rules ?? Rules)).Build(graph.Outputs);

    /// <summary>The same for a graph that is not complete: outputs that gradients may want stay.</summary>
    internal static TypedBuilder Run(TypedBuilder forward, Value output)
    {
        TypedGraph graph = forward.Whole([output]);
        return TypedBuilder.From(graph, Joined(graph, Rules));
    }

    private static IEnumerable<Node> Joined(TypedGraph graph, IReadOnlyList<FusionRule> rules)
    {
        var view = new FusionView(graph);
        var nodes = new List<Node>(graph.Nodes.Length);
        var gone = new HashSet<Node>(ReferenceEqualityComparer.Instance);
        foreach (Node node in graph.Nodes)
        {
            if (gone.Contains(node)) continue; // taken in by one before it
            Node last = node;
            // What one rule has joined another may go on with.
            while (rules.Select(r => r.Match(view, last)).FirstOrDefault(f => f is not null) is FusedNode fused)
            {
                view.Replace(last, fused);
                gone.UnionWith(fused.Absorbed);
                last = fused.Node;
            }
            nodes.Add(last);
        }
        return nodes.Where(n => !gone.Contains(n));
    }
}
