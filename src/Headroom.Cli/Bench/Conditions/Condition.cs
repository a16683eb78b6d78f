using System.Globalization;

namespace Headroom.Cli.Bench.Conditions;

/// <summary>Under what a step is timed: one thing is otherwise than in the first condition of its precision.</summary>
/// <param name="Name">In words.</param>
/// <param name="Dtype">What matrix work is computed in.</param>
/// <param name="BatchFactor">Times the workload's batch.</param>
/// <param name="Threads">Of one operator.</param>
/// <param name="Neighbour">Whether another process keeps a core and the memory busy.</param>
internal sealed record Condition(string Name, string Dtype, double BatchFactor, int Threads, bool Neighbour = false)
{
    private readonly Contender _run = Contender.Ours(Dtype);

    /// <summary>All conditions at a precision; the first is the usual one.</summary>
    public static IEnumerable<Condition> At(string dtype, int threads)
    {
        yield return new Condition("as usual", dtype, 1, threads);
        yield return new Condition("a quarter of the batch", dtype, 0.25, threads);
        yield return new Condition("half the batch", dtype, 0.5, threads);
        yield return new Condition("twice the batch", dtype, 2, threads);
        if (threads > 1) yield return new Condition("1 thread", dtype, 1, 1);
        yield return new Condition("beside a noisy neighbour", dtype, 1, threads, Neighbour: true);
    }

    /// <summary>Seconds of a warm step: the median of each process, and over them.</summary>
    public Spread Warm => Spread.Of(_run.Values("step_s"));

    /// <summary>Seconds of the first step of a fresh process, in which everything is touched for the first time.</summary>
    public Spread Cold => Spread.Of(_run.Values("first_step_s"));

    /// <summary>Rows of a step.</summary>
    public long Batch => (long)_run.Values("batch")[0];

    /// <summary>Peak less baseline.</summary>
    public long WorkingBytes => _run.WorkingBytes;

    /// <summary>Runs the step once more, in a process of its own.</summary>
    public async Task RunAsync(StepArguments step, long batch, CancellationToken cancellation)
    {
        await using NoisyNeighbour? neighbour = Neighbour ? NoisyNeighbour.Start() : null;
        StepArguments own = step with { Threads = Threads, Batch = Math.Max(1, (long)(batch * BatchFactor)) };
        await _run.RunAsync(own, cancellation);
    }

    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Dtype}, {Name}");
}
