using System.Globalization;
using System.Text.Json.Nodes;
using Headroom.Graph.Models;
using Headroom.Planning;
using Headroom.Runtime.Probes;

namespace Headroom.Cli.Bench;

/// <summary>What our step was planned to take, and what it could take at the least.</summary>
/// <param name="GraphBytes">By arithmetic.</param>
/// <param name="WorkingBytes">With what the probe measured.</param>
/// <param name="Bound">Null where the machine's rates are unknown.</param>
internal sealed record OwnPlan(long GraphBytes, long WorkingBytes, StepBound? Bound)
{
    /// <summary>Asks <c>headroom probe</c>, in a process of its own in which nothing has run yet.</summary>
    public static async Task<OwnPlan> MakeAsync(StepArguments step, string dtype, MachineRates? rates, CancellationToken cancellation)
    {
        JsonObject plan = await ChildProcess.JsonAsync(ChildProcess.Self, ["probe", "--workload", step.Workload, "--dtype", dtype, "--threads", step.Threads.ToString(CultureInfo.InvariantCulture)], cancellation);
        StepBound? bound = rates is null ? null : StepBound.Of(Workloads.Get(step.Workload).Step(Commands.BenchCommand.Element(dtype)).Batch, rates);
        return new OwnPlan(plan["graph_bytes"]!.GetValue<long>(), plan["working_bytes"]!.GetValue<long>(), bound);
    }
}
