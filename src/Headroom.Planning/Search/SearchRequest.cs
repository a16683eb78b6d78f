using Headroom.Planning.Economics;
using Headroom.Planning.Models;
using Headroom.Planning.Training;

namespace Headroom.Planning.Search;

/// <summary>What is to be trained, on what, within what.</summary>
public sealed record SearchRequest
{
    /// <summary>What is trained.</summary>
    public required TrainingJob Job { get; init; }

    /// <summary>Tokens that are trained on, in all.</summary>
    public required double Tokens { get; init; }

    /// <summary>Sequences of a step.</summary>
    public required long Batch { get; init; }

    /// <summary>Accelerators to choose from.</summary>
    public required IReadOnlyList<SearchDevice> Devices { get; init; }

    /// <summary>What to have least of.</summary>
    public PlanGoal Goal { get; init; }

    /// <summary>What may be spent.</summary>
    public PlanLimits Limits { get; init; } = new();

    /// <summary>Accelerators that share a matrix, where the user says so.</summary>
    public int? Tensor { get; init; }

    /// <summary>Stages of the pipeline, where the user says so.</summary>
    public int? Stages { get; init; }

    /// <summary>Whether optimizer states may lie in the host's memory.</summary>
    public bool AllowOffload { get; init; }

    /// <summary>What a watt of a machine is at the wall.</summary>
    public PowerUse Power { get; init; } = new(1);

    /// <summary>How often rented machines are taken back; null for machines that stay.</summary>
    public SpotMarket? Spot { get; init; }

    /// <summary>The model.</summary>
    public TransformerShape Shape => Job.Shape;

    /// <summary>Tokens of a sequence.</summary>
    public int Sequence => Job.Sequence;

    /// <summary>Updates in all.</summary>
    public long Steps => Math.Max(1, (long)Math.Ceiling(Tokens / ((double)Batch * Sequence)));
}
