using System.CommandLine;
using System.Globalization;
using System.Text.Json.Nodes;
using Headroom.Cli.Bench;
using Headroom.Evidence.Quantities;
using Headroom.Graph.Models;

namespace Headroom.Cli.Commands;

/// <summary><c>headroom bench levers</c>: our step with each lever turned the other way.</summary>
internal static class BenchLeversCommand
{
    private const string About = """
        Times our step with every lever on, and then with one of them turned: what each costs and gains in time and memory. Interleaved, each in a process of its own.

        Example:  headroom bench levers --workload gpt
        """;

    private static readonly (string Name, string Dtype, string[] Arguments)[] Turns =
    [
        ("mixed, all on", BenchCommand.Mixed, []),
        ("mixed, without fusion", BenchCommand.Mixed, ["--without", StepLevers.Fusion]),
        ("mixed, pictures row by row", BenchCommand.Mixed, ["--without", StepLevers.ChannelsLast]),
        ("mixed, recompute to 80 %", BenchCommand.Mixed, ["--recompute", "0.8"]),
        ("mixed, recompute as far as can be", BenchCommand.Mixed, ["--recompute", "0.01"]),
        ("mixed, 4 micro-batches", BenchCommand.Mixed, ["--micro-batches", "4"]),
        ("fp32, all on", "fp32", []),
        ("fp32, without fusion", "fp32", ["--without", StepLevers.Fusion]),
        ("fp32, pictures row by row", "fp32", ["--without", StepLevers.ChannelsLast]),
    ];

    public static Command Create()
    {
        var workload = new Option<string?>("--workload") { Description = $"One of {string.Join(", ", Workloads.Names)}; all without." };
        var steps = new Option<int>("--steps") { Description = "Steps of a process, after half as many to warm up.", DefaultValueFactory = _ => 6 };
        var rounds = new Option<int>("--rounds") { Description = "Processes of each; the medians count.", DefaultValueFactory = _ => 3 };
        var threads = new Option<int?>("--threads") { Description = "All cores without." };
        var json = new Option<bool>("--json") { Description = "Prints a JSON line a lever." };
        var command = new Command("levers", About) { workload, steps, rounds, threads, json };
        command.SetAction(async (parsed, cancellation) =>
        {
            int count = BenchCommand.Positive(parsed.GetValue(steps), "--steps"), times = BenchCommand.Positive(parsed.GetValue(rounds), "--rounds");
            foreach (string name in parsed.GetValue(workload) is string one ? [BenchCommand.Known(one)] : Workloads.Names)
            {
                var step = new StepArguments(name, count, (count + 1) / 2, BenchCommand.Threads(parsed.GetValue(threads)));
                (string Name, Contender Run)[] runs = [.. Turns.Select(t => (t.Name, new Contender(t.Dtype, ChildProcess.Self, ["bench", "step", .. t.Arguments])))];
                for (int i = 0; i < times; i++) foreach ((_, Contender run) in runs) await run.RunAsync(step, cancellation);
                foreach ((string turn, Contender run) in runs)
                {
                    JsonObject line = Line(name, turn, run, runs[0].Run);
                    Console.Out.WriteLine(parsed.GetValue(json) ? line.ToJsonString() : Describe(line));
                }
            }
            return ExitCodes.Done;
        });
        return command;
    }

    private static JsonObject Line(string workload, string name, Contender run, Contender all) => new()
    {
        ["workload"] = workload,
        ["lever"] = name,
        ["step_s"] = run.Median("step_s"),
        // Round by round: both see the same minute of the machine.
        ["time_against_all_on"] = Math.Round(Spread.Of([.. run.Values("step_s").Zip(all.Values("step_s"), (a, b) => a / b)]).Median, 3),
        ["working_bytes"] = run.WorkingBytes,
        ["graph_bytes"] = (long)run.Median("graph_bytes"),
        ["last_loss"] = run.Median("last_loss"),
    };

    private static string Describe(JsonObject line) => string.Create(CultureInfo.InvariantCulture,
        $"{line["workload"]!.GetValue<string>(),-9} {line["lever"]!.GetValue<string>(),-34} {new Seconds(line["step_s"]!.GetValue<double>()),9} {line["time_against_all_on"]!.GetValue<double>(),6:F2}  {new Bytes(line["working_bytes"]!.GetValue<long>()),9} ({new Bytes(line["graph_bytes"]!.GetValue<long>())} of buffers)");
}
