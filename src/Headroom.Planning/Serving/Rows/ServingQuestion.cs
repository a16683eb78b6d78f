namespace Headroom.Planning.Serving.Rows;

/// <summary>A measured row, read: what was served on what and how, and what came out.</summary>
public sealed record ServingQuestion
{
    /// <summary>The model as the row names it.</summary>
    public required string Model { get; init; }

    /// <summary>The accelerator as the row names it.</summary>
    public required string Device { get; init; }

    /// <summary>The stack by the names of the calibration.</summary>
    public required string Stack { get; init; }

    /// <summary>What the rate counts.</summary>
    public required ServingMode Mode { get; init; }

    /// <summary>How the model lay on the accelerators.</summary>
    public required ServingLayout Layout { get; init; }

    /// <summary>Batch and lengths.</summary>
    public required ServingLoad Load { get; init; }

    /// <summary>Whether the row doesn't tell prompts from answers. A rate above the decode floor, weights over bandwidth, can only be of prompts.</summary>
    public bool PhaseUnknown { get; init; }

    /// <summary>Copies of that layout that the rate adds up.</summary>
    public double Replicas { get; init; } = 1;

    /// <summary>Tokens a second; null where none was measured.</summary>
    public double? TokensPerSecond { get; init; }

    /// <summary>Whether the run failed for memory.</summary>
    public bool OutOfMemory { get; init; }

    /// <summary>Peak memory of one accelerator in bytes; null where none was measured.</summary>
    public double? PeakMemory { get; init; }

    /// <summary>Mean draw of all accelerators together in watts; null where none was measured.</summary>
    public double? Watts { get; init; }
}
