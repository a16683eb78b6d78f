using Headroom.Graph;
using Headroom.Runtime.Probes;

namespace Headroom.Planning.Budgets;

/// <summary>What a probe of some graphs found on this machine, from which the cost of others like them is estimated.</summary>
/// <param name="Overhead">Bytes beside the buffers.</param>
/// <param name="Seconds">Seconds of a node; one that was not among those probed is estimated from those of its operator that were.</param>
public sealed record MeasuredParts(Overhead Overhead, Func<Node, TypedGraph, double> Seconds)
{
    public double Of(TypedGraph graph) => graph.Nodes.Sum(n => Seconds(n, graph));
}
