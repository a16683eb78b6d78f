using Headroom.Devices.Catalogue;

namespace Headroom.Planning.Training;

/// <summary>A measured training run, read: what was trained, on what, how, and what came out.</summary>
/// <param name="Job">What was trained.</param>
/// <param name="Layout">How it lay over the accelerators.</param>
/// <param name="Device">One of them.</param>
/// <param name="Stack">The framework, as the calibration names it.</param>
public sealed record RowQuestion(TrainingJob Job, TrainingLayout Layout, Accelerator Device, string Stack)
{
    /// <summary>Seconds of a step; null where none were measured.</summary>
    public double? StepSeconds { get; init; }

    /// <summary>Bytes at the peak on one accelerator; null where none were measured.</summary>
    public double? PeakMemory { get; init; }

    /// <summary>Whether the run failed for memory.</summary>
    public bool RanOut { get; init; }
}
