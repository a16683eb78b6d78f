namespace Headroom.Graph.Passes;

/// <summary>
/// Nodes that do several things in one visit (<see cref="Operator.Apart"/>), as those things while it is decided what is made again, so that one can be without the other: the norm of a residual stream without the stream.
/// What stays together afterwards is joined again. The numbers are the same to the bit either way.
/// </summary>
internal static class NodesApart
{
    public static TypedGraph Of(TypedGraph step)
    {
        List<Node> nodes = [.. step.Nodes.SelectMany(n => n.Operator.Apart(n) ?? [n])];
        return nodes.Count == step.Nodes.Length ? step : Rebuilt(step, TypedBuilder.From(step, nodes).Build(step.Outputs));
    }

    public static TypedGraph Joined(TypedGraph graph) => Rebuilt(graph, Fusion.Run(graph, [new NormOfSum()]));

    private static TypedGraph Rebuilt(TypedGraph from, TypedGraph graph) => from.ChannelsLast.IsEmpty ? graph : graph.InLayout(from.ChannelsLast);
}
