using System.CommandLine;
using System.Text.Json.Nodes;
using Headroom.Cli.Bench;
using Headroom.Cli.Bench.Conditions;
using Headroom.Graph.Models;

namespace Headroom.Cli.Commands;

/// <summary><c>headroom bench conditions</c>: our step under each circumstance that changes its time.</summary>
internal static class BenchConditionsCommand
{
    private const string About = """
        Times our step over batch sizes, threads and precisions, cold and warm, and beside a noisy neighbour.

        Each process gives the median of its steps; a condition repeats until the 95 % interval of their median is within 3 % from end to end, or its time is spent.

        Example:  headroom bench conditions --workload mlp
        """;

    public static Command Create()
    {
        var workload = new Option<string?>("--workload") { Description = $"One of {string.Join(", ", Workloads.Names)}; all without." };
        var steps = new Option<int>("--steps") { Description = "Steps of a process, after half as many to warm up.", DefaultValueFactory = _ => 6 };
        var rounds = new Option<int?>("--rounds") { Description = "Exactly so many processes a condition; without, as many as it takes." };
        var seconds = new Option<double>("--seconds") { Description = "The most that a condition may take.", DefaultValueFactory = _ => 15 };
        var threads = new Option<int?>("--threads") { Description = "What 'all' threads are; all cores without." };
        var json = new Option<bool>("--json") { Description = "Prints a JSON line a condition." };
        var command = new Command("conditions", About) { workload, steps, rounds, seconds, threads, json };
        command.SetAction(async (parsed, cancellation) =>
        {
            string[] names = parsed.GetValue(workload) is string one ? [BenchCommand.Known(one)] : [.. Workloads.Names];
            int all = BenchCommand.Threads(parsed.GetValue(threads)), count = BenchCommand.Positive(parsed.GetValue(steps), "--steps");
            var repetition = new Repetition { Rounds = parsed.GetValue(rounds) is int r ? BenchCommand.Positive(r, "--rounds") : null, Seconds = BenchCommand.Positive(parsed.GetValue(seconds), "--seconds") };
            foreach (string name in names)
            {
                Condition[] conditions = [.. Condition.At("fp32", all), .. Condition.At(BenchCommand.Mixed, all)];
                var race = new ConditionRace(name, conditions, new StepArguments(name, count, (count + 1) / 2, all), repetition);
                IReadOnlyList<JsonObject> lines = await race.RunAsync(cancellation);
                if (!parsed.GetValue(json)) ConditionTable.Print(lines);
                else foreach (JsonObject line in lines) Console.Out.WriteLine(line.ToJsonString());
            }
            return ExitCodes.Done;
        });
        return command;
    }

    /// <summary>What <see cref="NoisyNeighbour.Start"/> starts; of no use to a user.</summary>
    public static Command Neighbour()
    {
        var command = new Command(NoisyNeighbour.Command, "Keeps a core busy walking memory until its input ends.") { Hidden = true };
        command.SetAction(_ =>
        {
            NoisyNeighbour.Walk(Console.In, Console.Out);
            return ExitCodes.Done;
        });
        return command;
    }
}
