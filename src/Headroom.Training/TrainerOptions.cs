using Headroom.Evidence.Quantities;
using Headroom.Evidence.Runs;
using Headroom.Runtime.Execution;
using Headroom.Runtime.Probes;

namespace Headroom.Training;

/// <summary>Where a run keeps what it has, and whom it tells.</summary>
public sealed record TrainerOptions
{
    /// <summary>The folder of checkpoints, made when needed; null keeps none, and the best weights in memory.</summary>
    public string? CheckpointFolder { get; init; }

    /// <summary>Gets a line for what happens; null for none.</summary>
    public RunLog? Log { get; init; }

    /// <summary>Called on the training thread, about ten times a second at most; null for nobody.</summary>
    public IProgress<TrainingProgress>? Progress { get; init; }

    /// <summary>The resident set right after libtorch was loaded (<see cref="ProcessMemory.Resident"/>); null leaves <c>working_bytes</c> out.</summary>
    public Bytes? MemoryBaseline { get; init; }

    /// <summary>What the loss is counted in, where the labels don't tell: nats for classes and tokens, squared errors for numbers.</summary>
    public string? LossUnit { get; init; }

    /// <summary>SHA-256 of the plan that the run keeps to; empty where there is none.</summary>
    public string PlanHash { get; init; } = "";

    /// <summary>Filled with a few steps after the first ones, and the first validations and checkpoints; null for none.</summary>
    public Timeline? Timeline { get; init; }

    public TimeProvider Clock { get; init; } = TimeProvider.System;
}
