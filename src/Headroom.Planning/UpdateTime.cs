using Headroom.Graph;
using Headroom.Runtime.Probes;

namespace Headroom.Planning;

/// <summary>Seconds of one update of the weights, by its nodes' own.</summary>
public static class UpdateTime
{
    /// <param name="times">Of the nodes.</param>
    /// <param name="microBatches">Runs of <paramref name="step"/> in an update.</param>
    /// <param name="step">What runs for each of them.</param>
    /// <param name="update">What updates from summed gradients; null where the step does it.</param>
    public static double Of(NodeTimes times, int microBatches, TypedGraph step, TypedGraph? update) => (microBatches * times.Of(step)) + (update is null ? 0 : times.Of(update));
}
