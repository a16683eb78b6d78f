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

    /// <summary>Whether the framework counted the memory itself: then the driver's context isn't in it.</summary>
    public bool OwnCounter { get; init; }

    /// <summary>What a process takes beside tensors, of what was counted.</summary>
    public MemoryOverhead Overhead => OwnCounter && !RanOut ? MemoryOverhead.Cuda with { Context = 0, Communication = 0 } : MemoryOverhead.Cuda;

    /// <summary>Whether the row says nothing of how long its texts were, so that its speed tells of the data as much as of the machine.</summary>
    public bool LengthGuessed { get; init; }

    /// <summary>Whether the run failed for memory.</summary>
    public bool RanOut { get; init; }
}
