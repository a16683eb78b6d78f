using System.Text.Json.Nodes;
using Headroom.Graph.Models;
using Headroom.Runtime.Probes;

namespace Headroom.Cli.Bench;

/// <summary>One workload, ours and peers in turn, each round in processes of their own: machines drift, a ratio taken in one run holds. Rows that share a program share its runs.</summary>
/// <param name="Workload">Its name.</param>
/// <param name="Pairs">The rows: what ours computes in, and what the peer does.</param>
/// <param name="Peer">The program.</param>
internal sealed record Race(string Workload, IReadOnlyList<(string Ours, string Peer)> Pairs, Peer Peer)
{
    /// <summary>Steps of a round; null for as many as about 600 GFLOP take, 4 to 10, with half as many to warm up: what differs from process to process is found by more rounds, not by longer ones.</summary>
    public int? Steps { get; init; }

    public int Threads { get; init; } = 2;

    /// <summary>For one row; rows that are measured together share their time.</summary>
    public Repetition Repetition { get; init; } = new();

    /// <summary>What this machine does at most; null leaves the shares of the bound out.</summary>
    public MachineRates? Rates { get; init; }

    /// <summary>Runs it.</summary>
    /// <returns>A line for each pair.</returns>
    public async Task<IReadOnlyList<JsonObject>> RunAsync(CancellationToken cancellation)
    {
        Dictionary<string, Contender> ours = Pairs.Select(p => p.Ours).Distinct().ToDictionary(d => d, Contender.Ours);
        Dictionary<string, Contender> peers = Pairs.Select(p => p.Peer).Distinct().ToDictionary(d => d, Peer.At);
        Comparison[] rows = [.. Pairs.Select(p => new Comparison(Workload, ours[p.Ours], peers[p.Peer]))];
        Contender[] order = [.. Order(rows).Distinct()];
        StepArguments step = Arguments();
        Repetition all = Repetition with { Seconds = Repetition.Seconds * rows.Length };
        await all.RunAsync(
            async () =>
            {
                foreach (Contender c in order) await c.RunAsync(step, cancellation);
            },
            () => rows.Max(r => r.Speedup.Width));
        Dictionary<string, OwnPlan> plans = [];
        foreach (string dtype in ours.Keys) plans[dtype] = await OwnPlan.MakeAsync(step, dtype, Rates, cancellation);
        return [.. rows.Select(r => r.Line(step, plans[r.Ours.Dtype]))];
    }

    private StepArguments Arguments()
    {
        if (Steps is int given) return new StepArguments(Workload, given, Warmup: 5, Threads);
        double flops = Workloads.Get(Workload).Step(Graph.ElementType.Float32).Batch.Cost().Flops;
        int steps = (int)Math.Clamp(600e9 / flops, 4, 10);
        return new StepArguments(Workload, steps, steps / 2, Threads);
    }

    /// <summary>Ours and the peer's in turn.</summary>
    private static IEnumerable<Contender> Order(Comparison[] rows)
    {
        foreach (Comparison row in rows)
        {
            yield return row.Ours;
            yield return row.Peer;
        }
    }
}
