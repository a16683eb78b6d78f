using System.Collections.Immutable;
using Headroom.Evidence.Documents;

namespace Headroom.Training;

/// <summary>What a run gives back. The weights are the session's state: the best ones where the settings keep them, else the last ones; after a failure those of the last good checkpoint.</summary>
/// <param name="Document">What goes into <c>training.json</c>; the model's file is still to be named in it.</param>
/// <param name="Notes">What a user should know beside it: a torn checkpoint that was passed over, a run begun anew.</param>
public sealed record TrainingResult(TrainingDocument Document, ImmutableArray<string> Notes)
{
    /// <summary>Why the run failed; null where it didn't.</summary>
    public TrainingFailure? Failure { get; init; }

    public Outcome Outcome => Document.Outcome;
}

/// <summary>A loss, a gradient or a weight that is NaN or infinite.</summary>
/// <param name="What">Which, and what it became.</param>
/// <param name="Step">The step, 1 for the first.</param>
/// <param name="Rows">The rows of the training table that were in its batch.</param>
/// <param name="LastCheckpoint">The last good checkpoint, whose weights the session has again; null where there was none.</param>
public sealed record TrainingFailure(string What, long Step, ImmutableArray<int> Rows, string? LastCheckpoint)
{
    private const int RowsShown = 64;

    /// <summary>What happened, where, and what to do.</summary>
    public override string ToString()
    {
        string rows = string.Join(", ", Rows.Take(RowsShown)) + (Rows.Length > RowsShown ? $" and {Rows.Length - RowsShown} more" : "");
        string back = LastCheckpoint is null ? "No checkpoint was written yet" : $"The last good checkpoint is {LastCheckpoint}";
        return $"{What} at step {Step}, on the training rows {rows}. {back}. Lower the learning rate, clip the gradient, or look at these rows for numbers that are missing or huge.";
    }
}
