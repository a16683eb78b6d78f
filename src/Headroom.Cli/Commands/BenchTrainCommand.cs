using System.CommandLine;
using System.Text.Json.Nodes;
using Headroom.Cli.Bench;
using Headroom.Evidence;
using Headroom.Graph.Models;
using Headroom.Runtime.LibTorch;
using Headroom.Runtime.Probes;

namespace Headroom.Cli.Commands;

/// <summary><c>headroom bench train</c>: our step beside a peer's, in the same run.</summary>
internal static class BenchTrainCommand
{
    private const string About = """
        Times the training step of the four workloads beside a peer's: A B A B, each in a process of its own.

        A row repeats until the 95 % interval of the speed-up's median is within 3 % from end to end, or its time is spent, and is then printed as it is.
        Without --workload, --dtype and --peer-dtype: the whole table, mixed precision beside the peer's fp32 and bf16, and fp32 beside its fp32; within 15 minutes on 2 cores.

        Example:  headroom bench train
        Example:  headroom bench train --workload gpt --dtype mixed --peer-dtype bf16 --peer bench/peers/torchsharp/run.sh --json
        """;

    /// <summary>The table's rows: mixed precision at its peer's common precision and at its fastest, and like beside like.</summary>
    private static readonly (string Ours, string Peer)[] All = [(BenchCommand.Mixed, "fp32"), (BenchCommand.Mixed, "bf16"), ("fp32", "fp32")];

    public static Command Create()
    {
        var workload = new Option<string?>("--workload") { Description = $"One of {string.Join(", ", Workloads.Names)}; all without." };
        Option<string> dtype = BenchCommand.Dtype("--dtype", "What ours computes in.");
        var peerDtype = new Option<string>("--peer-dtype") { Description = "What the peer computes in: fp32 or bf16.", DefaultValueFactory = _ => "fp32" };
        peerDtype.AcceptOnlyFromAmong("fp32", "bf16");
        var table = new Option<bool>("--table") { Description = "All three pairs of precisions, of the workload or of all." };
        var peer = new Option<string?>("--peer") { Description = $"An executable that takes run.sh's arguments and prints its JSON line; {Peer.Default} without." };
        var steps = new Option<int?>("--steps") { Description = "Steps of a round; without, 4 to 10, by the workload's size." };
        var rounds = new Option<int?>("--rounds") { Description = "Exactly so many rounds, ours and the peer's in turn; without, as many as it takes." };
        var seconds = new Option<double>("--seconds") { Description = "The most that a row may take.", DefaultValueFactory = _ => 60 };
        var threads = new Option<int?>("--threads") { Description = "Threads for both; all cores without." };
        var json = new Option<bool>("--json") { Description = "Prints a JSON line a row." };
        var command = new Command("train", About) { workload, dtype, peerDtype, table, peer, steps, rounds, seconds, threads, json };
        command.SetAction(async (parsed, cancellation) =>
        {
            string[] names = parsed.GetValue(workload) is string one ? [BenchCommand.Known(one)] : [.. Workloads.Names];
            bool chosen = parsed.GetResult(dtype) is { Implicit: false } || parsed.GetResult(peerDtype) is { Implicit: false };
            if (chosen && parsed.GetValue(table)) throw new InputException("--table", "it has every pair of precisions, and one is given", "Leave --table out, or --dtype and --peer-dtype.");
            bool whole = parsed.GetValue(table) || (!chosen && names.Length > 1);
            int count = BenchCommand.Threads(parsed.GetValue(threads));
            int? asked = parsed.GetValue(steps) is int s ? BenchCommand.Positive(s, "--steps") : null;
            var repetition = new Repetition { Rounds = parsed.GetValue(rounds) is int r ? BenchCommand.Positive(r, "--rounds") : null, Seconds = BenchCommand.Positive(parsed.GetValue(seconds), "--seconds") };
            Peer theirs = await Peer.PrepareAsync(parsed.GetValue(peer), names[0], count, cancellation);
            Library.Load(count);
            var race = new Race(names[0], whole ? All : [(parsed.GetValue(dtype)!, parsed.GetValue(peerDtype)!)], theirs) { Steps = asked, Threads = count, Repetition = repetition, Rates = RateProbe.Measure() };
            await RunAsync(race, names, parsed.GetValue(json), cancellation);
            return ExitCodes.Done;
        });
        return command;
    }

    private static async Task RunAsync(Race race, string[] names, bool json, CancellationToken cancellation)
    {
        List<JsonObject> lines = [];
        foreach (string name in names)
        {
            IReadOnlyList<JsonObject> rows = await (race with { Workload = name }).RunAsync(cancellation);
            lines.AddRange(rows);
            foreach (JsonObject row in rows)
            {
                if (json) Console.Out.WriteLine(row.ToJsonString());
                else await Console.Error.WriteLineAsync(ComparisonTable.Sentence(row));
            }
        }
        if (!json) ComparisonTable.Print(lines);
    }
}
