using Headroom.Graph;
using Headroom.Runtime.Execution;
using Headroom.Runtime.Probes;

namespace Headroom.Cli.Profiling;

/// <summary>A node's time and work, a step: a graph of a micro-batch runs several times in one.</summary>
/// <param name="Graph">That holds it.</param>
/// <param name="Node">Itself.</param>
/// <param name="Calls">Runs a step.</param>
/// <param name="Seconds">As measured.</param>
/// <param name="Work">FLOPs and bytes of all its runs in a step, as its operator states them.</param>
/// <param name="Rates">The machine's.</param>
internal sealed record NodeLoad(TypedGraph Graph, Node Node, double Calls, double Seconds, Cost Work, MachineRates Rates)
{
    /// <summary>What the node's arithmetic is done in.</summary>
    public ElementType Type { get; } = MachineRates.WorkType(Graph, Node);

    public double Bytes => Work.Read + Work.Written;

    /// <summary>Seconds at the matrix rate.</summary>
    public double Compute => Work.Flops / Rates.Matrix(Type);

    /// <summary>Seconds at the bandwidth.</summary>
    public double Memory => Bytes / Rates.Bandwidth;

    /// <summary>Seconds of calling alone.</summary>
    public double Call => Calls * Rates.CallSeconds;

    /// <summary>Seconds at the roofline (Williams, Waterman and Patterson, CACM 52, 2009): the later of arithmetic and traffic.</summary>
    public double Roofline => Math.Max(Compute, Memory);

    public Binding Binding => Call > Roofline ? Binding.CallOverhead : Compute > Memory ? Binding.Compute : Binding.MemoryTraffic;

    /// <summary>All nodes of the watched steps.</summary>
    public static IReadOnlyList<NodeLoad> Of(Timeline timeline, MachineRates rates)
    {
        double steps = timeline.Steps;
        return
        [
            .. timeline.Nodes.GroupBy(n => (n.Graph, n.Node), ByReference.Instance).Select(runs =>
            {
                (TypedGraph graph, Node node) = runs.Key;
                Cost once = node.Operator.Cost(graph.Signature(node));
                double calls = runs.Count() / steps;
                return new NodeLoad(graph, node, calls, runs.Sum(r => r.Seconds) / steps, new Cost(once.Flops * calls, (long)(once.Read * calls), (long)(once.Written * calls)), rates);
            }),
        ];
    }

    /// <summary>The node's inputs and outputs with their types: <c>fp32[256, 784], fp32[784, 1024] → fp32[256, 1024]</c>.</summary>
    public static string Shapes(TypedGraph graph, Node node)
    {
        string All(IEnumerable<Value> values) => string.Join(", ", values.Where(v => v.Exists).Select(v => graph.Type(v).ToString()));
        return $"{All(node.Inputs)} → {All(node.Outputs)}";
    }

    /// <summary>Nodes are records of many parts; here each is itself alone.</summary>
    private sealed class ByReference : IEqualityComparer<(TypedGraph Graph, Node Node)>
    {
        public static ByReference Instance { get; } = new();

        public bool Equals((TypedGraph Graph, Node Node) x, (TypedGraph Graph, Node Node) y) => ReferenceEquals(x.Graph, y.Graph) && ReferenceEquals(x.Node, y.Node);

        public int GetHashCode((TypedGraph Graph, Node Node) key) => System.Runtime.CompilerServices.RuntimeHelpers.GetHashCode(key.Node);
    }
}
