using System.Text.Json.Nodes;
using Headroom.Graph.Models;

namespace Headroom.Cli.Bench.Conditions;

/// <summary>One workload's step under each condition in turn, until each is known well enough or the time is spent.</summary>
/// <param name="Workload">Its name.</param>
/// <param name="Conditions">The first of a precision is what its others are held against.</param>
/// <param name="Step">How many steps a process takes.</param>
/// <param name="Repetition">For one condition; all share their time, so that what is quiet leaves it to what is not.</param>
internal sealed record ConditionRace(string Workload, IReadOnlyList<Condition> Conditions, StepArguments Step, Repetition Repetition)
{
    public async Task<IReadOnlyList<JsonObject>> RunAsync(CancellationToken cancellation)
    {
        long batch = Workloads.Get(Workload).Batch;
        var waiting = new List<Condition>(Conditions);
        await (Repetition with { Seconds = Repetition.Seconds * Conditions.Count }).RunAsync(
            async () =>
            {
                foreach (Condition c in waiting) await c.RunAsync(Step, batch, cancellation);
                // What is known well enough isn't run again, unless a number of rounds was asked for.
                if (Repetition.Rounds is null) waiting.RemoveAll(c => c.Warm.Width <= Repetition.Width);
            },
            () => waiting.Count == 0 ? 0 : double.PositiveInfinity);
        return [.. Conditions.SelectMany(Lines)];
    }

    private IEnumerable<JsonObject> Lines(Condition c)
    {
        Condition usual = Conditions.First(o => o.Dtype == c.Dtype);
        yield return Line(c, c.Name, c.Warm, usual);
        // The same processes' first step.
        if (ReferenceEquals(c, usual)) yield return Line(c, "cold: the first step of a process", c.Cold, usual);
    }

    private JsonObject Line(Condition c, string name, Spread seconds, Condition usual)
    {
        double rows = c.Batch / seconds.Median;
        return new JsonObject
        {
            ["workload"] = Workload,
            ["dtype"] = c.Dtype,
            ["condition"] = name,
            ["batch"] = c.Batch,
            ["threads"] = c.Threads,
            ["step_s"] = Math.Round(seconds.Median, 6),
            ["step_low_s"] = Math.Round(seconds.Low, 6),
            ["step_high_s"] = Math.Round(seconds.High, 6),
            ["rounds"] = seconds.Count,
            ["rows_per_s"] = Math.Round(rows, 3),
            ["rows_against_usual"] = Math.Round(rows / (usual.Batch / usual.Warm.Median), 3),
            ["working_bytes"] = c.WorkingBytes,
        };
    }
}
