using System.Globalization;
using System.Text.Json.Nodes;

namespace Headroom.Cli.Bench;

/// <summary>One program of a race, ours or a peer, at a precision; with the lines that it printed.</summary>
/// <param name="Dtype">As it was asked for.</param>
/// <param name="Program">What is run.</param>
/// <param name="Arguments">Before the workload's name.</param>
internal sealed record Contender(string Dtype, IReadOnlyList<string> Program, IReadOnlyList<string> Arguments)
{
    private readonly List<JsonObject> _lines = [];

    public static Contender Ours(string dtype) => new(dtype, ChildProcess.Self, ["bench", "step"]);

    public int Rounds => _lines.Count;

    /// <summary>Runs it once, in a process of its own.</summary>
    public async Task RunAsync(StepArguments step, CancellationToken cancellation) => _lines.Add(await ChildProcess.JsonAsync(Program, [.. Arguments, .. step.For(Dtype)], cancellation));

    public double[] Values(string key) => [.. _lines.Select(l => Value(l, key))];

    public double Median(string key) => Spread.Of(Values(key)).Median;

    /// <summary>Peak less baseline: the bytes that the workload took beside libtorch itself.</summary>
    public long WorkingBytes => (long)Spread.Of([.. _lines.Select(l => Value(l, "peak_rss_bytes") - Value(l, "baseline_rss_bytes"))]).Median;

    private static double Value(JsonObject line, string key) => line[key] is JsonValue v && v.TryGetValue(out double d)
        ? d
        : throw new Evidence.InputException("the peer's line", $"it lacks the number '{key}': {line.ToJsonString()}", "The keys are listed in bench/peers/README.md.");
}

/// <summary>What a contender is asked to do.</summary>
internal sealed record StepArguments(string Workload, int Steps, int Warmup, int Threads, long? Batch = null)
{
    public IReadOnlyList<string> For(string dtype) =>
        [Workload, "--dtype", dtype, "--steps", Text(Steps), "--warmup", Text(Warmup), "--threads", Text(Threads), .. Batch is long batch ? ["--batch", Text(batch)] : Array.Empty<string>()];

    private static string Text(long value) => value.ToString(CultureInfo.InvariantCulture);
}
