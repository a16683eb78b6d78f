using System.CommandLine;
using Headroom.Cli.Bench;
using Headroom.Cli.Profiling;
using Headroom.Evidence;
using Headroom.Graph.Models;

namespace Headroom.Cli.Commands;

/// <summary><c>headroom bench step</c>: our side alone, as <c>bench train</c> runs it.</summary>
internal static class BenchStepCommand
{
    public static Command Create()
    {
        var workload = new Argument<string>("workload") { Description = string.Join(", ", Workloads.Names) + "; or, fine-tuning of a 110M decoder, " + string.Join(", ", Workloads.Tuning) };
        Option<string> dtype = BenchCommand.Dtype("--dtype", "What matrix work is computed in.");
        var steps = new Option<int>("--steps") { DefaultValueFactory = _ => 10 };
        var warmup = new Option<int>("--warmup") { DefaultValueFactory = _ => 5 };
        var threads = new Option<int?>("--threads");
        var batch = new Option<long?>("--batch");
        var without = new Option<string[]>("--without") { Description = "A pass to leave out: fusion or channels-last.", AllowMultipleArgumentsPerToken = true };
        without.AcceptOnlyFromAmong(StepLevers.Fusion, StepLevers.ChannelsLast);
        var recompute = new Option<double?>("--recompute") { Description = "Makes activations again until the graph takes at most this part of its bytes, or as few as can be." };
        var parts = new Option<int>("--micro-batches") { Description = "Runs the batch in so many equal parts, whose gradients are summed.", DefaultValueFactory = _ => 1 };
        var profile = new Option<bool>("--profile") { Description = "Says what binds each part of the step and what to do next, and writes a trace of its nodes." };
        var trace = new Option<string>("--trace") { Description = "With --profile: where the trace goes; perfetto opens it.", DefaultValueFactory = _ => "trace.json" };
        var json = new Option<bool>("--json") { Description = "With --profile: prints the diagnosis as a JSON line." };
        var command = new Command("step", "Runs our side alone, with the keys that the peers print.\n\nExample:  headroom bench step gpt --dtype mixed --steps 10\nExample:  headroom bench step gpt --profile") { workload, dtype, steps, warmup, threads, batch, without, recompute, parts, profile, trace, json };
        command.SetAction(parsed =>
        {
            var step = new StepArguments(
                BenchCommand.Known(parsed.GetValue(workload)!, [.. Workloads.Names, .. Workloads.Tuning]),
                BenchCommand.Positive(parsed.GetValue(steps), "--steps"),
                Math.Max(0, parsed.GetValue(warmup)),
                BenchCommand.Threads(parsed.GetValue(threads)),
                parsed.GetValue(batch) is long b ? BenchCommand.Positive((int)Math.Clamp(b, 0, int.MaxValue), "--batch") : null);
            string asked = parsed.GetValue(dtype)!;
            var levers = new StepLevers
            {
                Without = parsed.GetValue(without) ?? [],
                Recompute = parsed.GetValue(recompute) is double r ? BenchCommand.Positive(r, "--recompute") : null,
                MicroBatches = BenchCommand.Positive(parsed.GetValue(parts), "--micro-batches"),
            };
            long rows = Workloads.Get(step.Workload, step.Batch).Batch;
            if (rows % levers.MicroBatches != 0) throw new InputException("--micro-batches", $"{levers.MicroBatches} parts don't divide a batch of {rows} rows", "Give a divisor.");
            if (parsed.GetValue(profile)) ProfileReport.Write(StepRun.Profile(step, asked, levers), parsed.GetValue(trace)!, parsed.GetValue(json));
            else Console.Out.WriteLine(StepRun.Run(step, asked, levers).ToJsonString());
            return ExitCodes.Done;
        });
        return command;
    }
}
