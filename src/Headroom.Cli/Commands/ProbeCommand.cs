using System.CommandLine;
using System.Text.Json.Nodes;
using Headroom.Evidence.Documents;
using Headroom.Graph.Models;
using Headroom.Graph.Optimization;
using Headroom.Planning;
using Headroom.Runtime.LibTorch;
using Headroom.Runtime.Probes;


namespace Headroom.Cli.Commands;

/// <summary><c>headroom probe</c>: plans a workload on this machine, in a process of its own in which nothing has run yet.</summary>
internal static class ProbeCommand
{
    public static Command Create()
    {
        var workload = new Option<string>("--workload") { Description = string.Join(", ", Workloads.Names), Required = true };
        Option<string> dtype = BenchCommand.Dtype("--dtype", "What matrix work is computed in.");
        var threads = new Option<int?>("--threads");
        var batch = new Option<long?>("--batch");
        var command = new Command("probe", "Plans one of the bench's workloads on this machine: its graph bytes and its working memory.\n\nExample:  headroom probe --workload gpt") { workload, dtype, threads, batch };
        command.SetAction(parsed =>
        {
            Library.Load(parsed.GetValue(threads));
            long baseline = ProcessMemory.Resident;
            TrainingStep step = Workloads.Get(parsed.GetValue(workload)!, parsed.GetValue(batch)).Step(BenchCommand.Element(parsed.GetValue(dtype)!));
            PlanDocument plan = MachinePlan.Create(step.Batch, [], OverheadProbe.Measure([step.Batch], baseline), new Dictionary<string, string>(), Settings.Of(), DateTimeOffset.UtcNow);
            Console.Out.WriteLine(new JsonObject(plan.Measurements.Select(m => KeyValuePair.Create(m.Name, (JsonNode?)(long)m.Value))).ToJsonString());
            return ExitCodes.Done;
        });
        return command;
    }
}
