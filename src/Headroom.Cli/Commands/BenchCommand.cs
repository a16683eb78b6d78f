using System.CommandLine;
using System.Text.Json.Nodes;
using Headroom.Cli.Bench;
using Headroom.Evidence;
using Headroom.Graph;
using Headroom.Graph.Models;

namespace Headroom.Cli.Commands;

/// <summary><c>headroom bench</c>: our step beside a peer's, in the same run.</summary>
internal static class BenchCommand
{
    public static Command Create() => new("bench", "Measures Headroom beside a peer, in the same run.") { Train(), Step() };

    private static Command Train()
    {
        var workload = new Option<string?>("--workload") { Description = $"One of {string.Join(", ", Workloads.Names)}; all without." };
        Option<string> dtype = Dtype("--dtype", "What ours computes in."), peerDtype = Dtype("--peer-dtype", "What the peer computes in.");
        var peer = new Option<string?>("--peer") { Description = "An executable that takes run.sh's arguments and prints its JSON line; bench/peers/torchsharp/run.sh without." };
        var steps = new Option<int>("--steps") { Description = "Steps of a round.", DefaultValueFactory = _ => 10 };
        var rounds = new Option<int>("--rounds") { Description = "Rounds, ours and the peer's in turn; the medians count.", DefaultValueFactory = _ => 3 };
        var threads = new Option<int?>("--threads") { Description = "Threads for both; all cores without." };
        var json = new Option<bool>("--json") { Description = "Prints a JSON line a workload." };
        var command = new Command("train", "Times the training step of the four workloads beside a peer's: A B A B, each in a process of its own.\n\nExample:  headroom bench train --workload gpt --peer bench/peers/torchsharp/run.sh --json")
        {
            workload, dtype, peerDtype, peer, steps, rounds, threads, json,
        };
        command.SetAction(async (parsed, cancellation) =>
        {
            string? one = parsed.GetValue(workload);
            foreach (string name in one is null ? Workloads.Names : [Known(one)])
            {
                var comparison = new Comparison(name, parsed.GetValue(dtype)!, parsed.GetValue(peerDtype)!, parsed.GetValue(peer) ?? "bench/peers/torchsharp/run.sh")
                {
                    Steps = Positive(parsed.GetValue(steps), "--steps"),
                    Rounds = Positive(parsed.GetValue(rounds), "--rounds"),
                    Threads = parsed.GetValue(threads) ?? Environment.ProcessorCount,
                };
                JsonObject line = await comparison.RunAsync(cancellation);
                Console.Out.WriteLine(parsed.GetValue(json) ? line.ToJsonString() : Comparison.Describe(line));
            }
            return ExitCodes.Done;
        });
        return command;
    }

    private static Command Step()
    {
        var workload = new Argument<string>("workload") { Description = string.Join(", ", Workloads.Names) };
        Option<string> dtype = Dtype("--dtype", "What matrix work is computed in.");
        var steps = new Option<int>("--steps") { DefaultValueFactory = _ => 10 };
        var warmup = new Option<int>("--warmup") { DefaultValueFactory = _ => 5 };
        var threads = new Option<int?>("--threads");
        var batch = new Option<long?>("--batch");
        var profile = new Option<bool>("--profile") { Description = "Prints where the step's time goes, by operator." };
        var command = new Command("step", "Runs our side alone, with the keys that the peers print.\n\nExample:  headroom bench step gpt --dtype bf16 --steps 10") { workload, dtype, steps, warmup, threads, batch, profile };
        command.SetAction(parsed =>
        {
            string name = Known(parsed.GetValue(workload)!);
            ElementType compute = Element(parsed.GetValue(dtype)!);
            int count = Positive(parsed.GetValue(steps), "--steps");
            JsonObject line = parsed.GetValue(profile)
                ? StepRun.Profile(name, compute, count, parsed.GetValue(threads), parsed.GetValue(batch))
                : StepRun.Run(name, compute, count, parsed.GetValue(warmup), parsed.GetValue(threads), parsed.GetValue(batch));
            Console.Out.WriteLine(line.ToJsonString());
            return ExitCodes.Done;
        });
        return command;
    }

    public static Option<string> Dtype(string name, string description)
    {
        var option = new Option<string>(name) { Description = description + " fp32 or bf16.", DefaultValueFactory = _ => "fp32" };
        option.AcceptOnlyFromAmong("fp32", "bf16");
        return option;
    }

    public static ElementType Element(string name) => name == "bf16" ? ElementType.BFloat16 : ElementType.Float32;

    private static string Known(string workload) => Workloads.Names.Contains(workload)
        ? workload
        : throw new InputException($"--workload {workload}", "there is no such workload", $"There are {string.Join(", ", Workloads.Names)}.{NearestName.Hint(workload, Workloads.Names)}");

    private static int Positive(int value, string option) => value > 0 ? value : throw new InputException(option, $"{value} is not positive", "Give 1 or more.");
}
