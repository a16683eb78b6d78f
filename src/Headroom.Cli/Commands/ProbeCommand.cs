using System.CommandLine;
using System.Text.Json.Nodes;
using Headroom.Cli.Configuration;
using Headroom.Cli.Stages;
using Headroom.Evidence;
using Headroom.Evidence.Documents;
using Headroom.Evidence.Quantities;
using Headroom.Graph;
using Headroom.Graph.Models;
using Headroom.Planning;
using Headroom.Planning.Budgets;
using Headroom.Runtime.Execution;
using Headroom.Runtime.LibTorch;
using Headroom.Runtime.Probes;
using Headroom.Training;

namespace Headroom.Cli.Commands;

/// <summary><c>headroom probe</c>: measures what a run takes beside its buffers, in a process of its own in which nothing has run yet.</summary>
internal static class ProbeCommand
{
    public static Command Create()
    {
        var workload = new Option<string?>("--workload") { Description = "One of the bench's: " + string.Join(", ", Workloads.Names) };
        Option<string> dtype = BenchCommand.Dtype("--dtype", "What matrix work is computed in.");
        var threads = new Option<int?>("--threads");
        var batch = new Option<long?>("--batch");
        var run = new Option<string?>("--run") { Description = "A run's folder with its recipe.json and headroom.yaml." };
        var rows = new Option<int>("--rows") { Description = "With --run: rows to train on.", DefaultValueFactory = _ => int.MaxValue };
        var command = new Command("probe", "Plans a workload or a run on this machine: graph bytes by arithmetic, scratch and fixed part by measurement.\n\nExample:  headroom probe --workload gpt") { workload, dtype, threads, batch, run, rows };
        command.SetAction(parsed =>
        {
            Library.Load(parsed.GetValue(threads));
            long baseline = ProcessMemory.Resident;
            JsonObject result = parsed.GetValue(run) is string folder
                ? OfRun(folder, parsed.GetValue(rows))
                : OfWorkload(parsed.GetValue(workload) ?? throw new InputException("probe", "neither --workload nor --run is given", "Give one."), parsed.GetValue(dtype)!, parsed.GetValue(batch), baseline);
            Console.Out.WriteLine(result.ToJsonString());
            return ExitCodes.Done;
        });
        return command;
    }

    /// <summary>Seconds of an update beyond which it isn't rehearsed: the sum of its nodes tells it well.</summary>
    private const double LongestRehearsal = 4;

    /// <summary>Of a rehearsal, the most seconds; and the most as a share of the training that it is for.</summary>
    private const double Enough = 2, EnoughShare = 0.1;

    private static JsonObject OfWorkload(string name, string dtype, long? batch, long baseline)
    {
        var step = Workloads.Get(name, batch).Step(BenchCommand.Element(dtype));
        Overhead overhead = OverheadProbe.Measure([step.Batch], baseline);
        PlanDocument plan = MachinePlan.Create(step.Batch, [], overhead, new Dictionary<string, string>(), Settings.Of(), DateTimeOffset.UtcNow, MachineProfile.LoadRates());
        return new JsonObject([.. plan.Measurements.Select(m => KeyValuePair.Create(m.Name, (JsonNode?)(m.Unit == "seconds" ? m.Value : (long)m.Value))),
            KeyValuePair.Create("seconds_by_operator", (JsonNode?)new JsonObject(plan.Operators.Where(o => o.Seconds is not null).OrderByDescending(o => o.Seconds!.Value.Value).Select(o => KeyValuePair.Create(o.Operator, (JsonNode?)Math.Round(o.Seconds!.Value.Value, 6)))))]);
    }

    private static JsonObject OfRun(string folder, int rows)
    {
        (_, ProjectSettings settings) = ProjectFile.Read(RunContext.SettingsIn(folder), check: false);
        Levers? levers = File.Exists(RunContext.LeversIn(folder)) ? Levers.Load(RunContext.LeversIn(folder)) : null;
        Model model = ModelRecipe.Load(Path.Combine(folder, "recipe.json")).With(levers).BuildWithLoss();
        TrainingSettings training = settings.Train.ToTraining(rows, settings.Lines.At("train.batch"), levers);
        var graphs = TrainingGraphs.Build(model, training, validate: true);
        // As in the run itself: by the time it trains, its graphs are made and planned.
        foreach (TypedGraph g in graphs.All) Session.Plan(g);
        ProcessMemory.ReleaseUnused();
        Overhead overhead = OverheadProbe.Measure(graphs.All, ProcessMemory.Resident);
        double alone = UpdateTime.Of(overhead.Times!, training.MicroBatches, graphs.Step.Batch, graphs.Step.Update);
        NodeTimes times = overhead.Times!;
        if (alone <= LongestRehearsal && Rehearsed(model, training, Math.Min(Enough, EnoughShare * alone * (training.TotalSteps(rows) ?? long.MaxValue))) is Seconds update) times = new NodeTimes(times.Measured, times.Rates, update.Value / alone);
        return new Probe(overhead with { Times = times }).ToJson();
    }

    /// <summary>Null where the model refuses rows of zeros, as one of packed rows does that are longer than its table of positions.</summary>
    private static Seconds? Rehearsed(Model model, TrainingSettings training, double enough)
    {
        try
        {
            return Rehearsal.Update(model, training, new Seconds(enough));
        }
        catch (Exception e) when (e is GraphException or InputException)
        {
            return null;
        }
    }
}
