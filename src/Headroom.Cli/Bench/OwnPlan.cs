using System.Globalization;
using System.Text.Json.Nodes;
using Headroom.Graph;
using Headroom.Graph.Models;
using Headroom.Planning;
using Headroom.Runtime.Probes;

namespace Headroom.Cli.Bench;

/// <summary>What our step was planned to take, and what it could take at the least.</summary>
/// <param name="GraphBytes">By arithmetic.</param>
/// <param name="WorkingBytes">With what the probe measured.</param>
/// <param name="Bound">Null where the machine's rates are unknown.</param>
/// <param name="Rest">Seconds that the nodes of an operator take beyond their FLOPs at the best product's rate, the longest first; empty where the rates are unknown.</param>
internal sealed record OwnPlan(long GraphBytes, long WorkingBytes, StepBound? Bound, IReadOnlyList<(string Operator, double Seconds)> Rest)
{
    // What comes after these is a few percent of a step.
    private const int Named = 5;

    /// <summary>Asks <c>headroom probe</c>, in a process of its own in which nothing has run yet.</summary>
    public static async Task<OwnPlan> MakeAsync(StepArguments step, string dtype, MachineRates? rates, CancellationToken cancellation)
    {
        JsonObject plan = await ChildProcess.JsonAsync(ChildProcess.Self, ["probe", "--workload", step.Workload, "--dtype", dtype, "--threads", step.Threads.ToString(CultureInfo.InvariantCulture)], cancellation);
        long graphBytes = plan["graph_bytes"]!.GetValue<long>(), working = plan["working_bytes"]!.GetValue<long>();
        if (rates is null) return new OwnPlan(graphBytes, working, null, []);
        TypedGraph graph = Workloads.Get(step.Workload).Step(Commands.BenchCommand.Element(dtype)).Batch;
        Dictionary<string, double> bounds = graph.Nodes.GroupBy(n => n.Operator.Name).ToDictionary(g => g.Key, g => g.Sum(n => StepBound.Of(graph, n, rates).Compute.Value));
        IEnumerable<(string Operator, double Seconds)> rest = plan["seconds_by_operator"]!.AsObject().Select(o => (o.Key, o.Value!.GetValue<double>() - bounds.GetValueOrDefault(o.Key)));
        return new OwnPlan(graphBytes, working, StepBound.Of(graph, rates), [.. rest.OrderByDescending(o => o.Seconds).Take(Named)]);
    }
}
