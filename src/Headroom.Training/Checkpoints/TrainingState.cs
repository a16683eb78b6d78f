using System.Text.Json;
using Headroom.Evidence.Documents;

namespace Headroom.Training.Checkpoints;

/// <summary>All of a run that is not a tensor: with the tensors, what it takes to go on as if nothing had happened.</summary>
/// <remarks>The random position follows from <see cref="Step"/> and <see cref="MicroBatch"/>: the generator is counter-based.</remarks>
public sealed record TrainingState
{
    /// <summary>Updates done.</summary>
    public long Step { get; init; }

    /// <summary>The epoch of the next batch, or of the one that is partly done.</summary>
    public int Epoch { get; init; }

    /// <summary>The place of that batch in its epoch.</summary>
    public int Batch { get; init; }

    /// <summary>Micro-batches of that batch whose gradients are summed already.</summary>
    public int MicroBatch { get; init; }

    /// <summary>The sum of their losses.</summary>
    public double MicroLoss { get; init; }

    /// <summary>The training loss, exponentially smoothed and not yet corrected for its start at 0.</summary>
    public double SmoothedLoss { get; init; }

    /// <summary>Seconds of the whole run, and those of them spent on steps and on waiting for batches.</summary>
    public double Seconds { get; init; }

    public double StepSeconds { get; init; }

    public double WaitSeconds { get; init; }

    /// <summary>Every <see cref="HistoryStride"/>-th step.</summary>
    public IReadOnlyList<StepRecord> History { get; init; } = [];

    public long HistoryStride { get; init; } = 1;

    public IReadOnlyList<ValidationRecord> Validation { get; init; } = [];

    /// <summary>The validation of the lowest loss; null before the first.</summary>
    public ValidationRecord? Best { get; init; }

    /// <summary>Validations since then.</summary>
    public int SinceBest { get; init; }

    /// <summary>Hashes of the model's graph and of the data with its split; the plan's is for the reader only.</summary>
    public required string Model { get; init; }

    public required string Data { get; init; }

    public string Plan { get; init; } = "";

    public required IReadOnlyDictionary<string, JsonElement> Settings { get; init; }

    /// <summary>libtorch's version and threads: with others, sums may round otherwise.</summary>
    public required string Runtime { get; init; }
}
