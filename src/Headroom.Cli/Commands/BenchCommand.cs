using System.CommandLine;
using Headroom.Evidence;
using Headroom.Graph;
using Headroom.Graph.Models;

namespace Headroom.Cli.Commands;

/// <summary><c>headroom bench</c>: what this machine and our step do, and a peer beside it.</summary>
internal static class BenchCommand
{
    /// <summary>Matrix work in bf16 on fp32 weights, as users call it; <c>bf16</c> is another name of it.</summary>
    public const string Mixed = "mixed";

    public static Command Create() => new("bench", "Measures Headroom beside a peer, in the same run, and under what conditions.")
    {
        BenchTrainCommand.Create(),
        BenchDeviceCommand.Create(),
        BenchStepCommand.Create(),
        BenchLeversCommand.Create(),
        BenchConditionsCommand.Create(),
        BenchConditionsCommand.Neighbour(),
    };

    public static Option<string> Dtype(string name, string description)
    {
        var option = new Option<string>(name) { Description = description + " fp32, or mixed: bf16 products on fp32 weights (bf16 says the same).", DefaultValueFactory = _ => "fp32" };
        option.AcceptOnlyFromAmong("fp32", Mixed, "bf16");
        return option;
    }

    public static ElementType Element(string name) => name is "bf16" or Mixed ? ElementType.BFloat16 : ElementType.Float32;

    public static string Known(string workload) => Known(workload, Workloads.Names);

    public static string Known(string workload, IReadOnlyList<string> names) => names.Contains(workload)
        ? workload
        : throw new InputException($"--workload {workload}", "there is no such workload", $"There are {string.Join(", ", names)}.{NearestName.Hint(workload, names)}");

    public static int Positive(int value, string option) => value > 0 ? value : throw new InputException(option, $"{value} is not positive", "Give 1 or more.");

    public static double Positive(double value, string option) => value > 0 ? value : throw new InputException(option, $"{value} is not positive", "Give more than 0.");

    public static int Threads(int? value) => value is int given ? Positive(given, "--threads") : Environment.ProcessorCount;
}
