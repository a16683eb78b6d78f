using Headroom.Evidence.Quantities;
using Headroom.Graph;
using Headroom.Runtime.Probes;

namespace Headroom.Planning;

/// <summary>What a step takes at the least on a machine, were its arithmetic, or its memory traffic, all there is.</summary>
/// <param name="Compute">Every node's FLOPs at the machine's matrix rate for its type.</param>
/// <param name="Memory">Every node's traffic at the machine's bandwidth; what stays in a cache between two nodes can beat it.</param>
public readonly record struct StepBound(Seconds Compute, Seconds Memory)
{
    /// <summary>Of a whole graph, node by node.</summary>
    public static StepBound Of(TypedGraph graph, MachineRates rates)
        => graph.Nodes.Aggregate(default(StepBound), (sum, n) => sum + Of(graph, n, rates));

    /// <summary>Of one node.</summary>
    public static StepBound Of(TypedGraph graph, Node node, MachineRates rates) => Of(node.Operator.Cost(graph.Signature(node)), rates.Matrix(MachineRates.WorkType(graph, node)), rates.Bandwidth);

    /// <summary>Of work that is all done in one type.</summary>
    /// <param name="cost">FLOPs and bytes.</param>
    /// <param name="matrix">FLOP/s.</param>
    /// <param name="bandwidth">Bytes/s.</param>
    public static StepBound Of(Cost cost, double matrix, double bandwidth) => new(new Seconds(cost.Flops / matrix), new Seconds((cost.Read + cost.Written) / bandwidth));

    public static StepBound operator +(StepBound a, StepBound b) => new(a.Compute + b.Compute, a.Memory + b.Memory);
}
