using Headroom.Graph;
using Headroom.Graph.Models;
using Headroom.Graph.Optimization;
using Headroom.Runtime.Execution;
using Headroom.Runtime.Probes;

namespace Headroom.Cli.Bench;

/// <summary>Which passes a workload's step goes through, to see what each is worth.</summary>
internal sealed record StepLevers
{
    public const string Fusion = "fusion", ChannelsLast = "channels-last";

    /// <summary>Passes that are left out.</summary>
    public IReadOnlyList<string> Without { get; init; } = [];

    /// <summary>The part of the graph bytes that activations are made again for; null keeps all.</summary>
    public double? Recompute { get; init; }

    /// <summary>Parts that a batch is run in.</summary>
    public int MicroBatches { get; init; } = 1;

    /// <summary>What runs for each part of the batch, and what updates from the parts' gradients; that is null where the batch is one part.</summary>
    public (TypedGraph Batch, TypedGraph? Update) Step(Workload workload, ElementType compute)
    {
        TrainingStep step = workload.Step(workload.Options(compute) with { Fusion = !Without.Contains(Fusion), ChannelsLast = !Without.Contains(ChannelsLast), MicroBatches = MicroBatches });
        return (Again(step.Batch), step.Update);
    }

    private TypedGraph Again(TypedGraph step)
    {
        if (Recompute is not double part) return step;
        // By arithmetic: nothing has been measured in this process, and nothing shall be before the step is.
        var times = new NodeTimes(new Dictionary<string, double>(), new Dictionary<string, double> { [""] = 1 });
        TypedGraph graph = Graph.Passes.Recompute.Run(step, (long)(Session.Plan(step).GraphBytes * part), n => times.Of(n, step), Session.Plan).Graph;
        // The search's own memory is no part of a step's.
        ProcessMemory.ReleaseUnused();
        ProcessMemory.ResetPeak();
        return graph;
    }
}
