using Headroom.Evidence.Quantities;

namespace Headroom.Evidence.Documents;

/// <summary>What a training run did: <c>training.json</c>.</summary>
public sealed record TrainingDocument() : Document(SchemaName)
{
    public const string SchemaName = "headroom/training/1";

    /// <summary>How the run ended.</summary>
    public required Outcome Outcome { get; init; }

    /// <summary>The steps as they went, every one or every n-th; a loss that is not finite ends a run and stands in <see cref="Outcome"/>, not here.</summary>
    public IReadOnlyList<StepRecord> History { get; init => field = Frozen.List(value, "history"); } = [];

    /// <summary>The loss, and the accuracy where there is one, on the validation rows.</summary>
    public IReadOnlyList<ValidationRecord> Validation { get; init => field = Frozen.List(value, "validation"); } = [];

    /// <summary>Where the time of a step goes.</summary>
    public IReadOnlyList<OperatorTime> TimeByOperator { get; init => field = Frozen.List(value, "timeByOperator"); } = [];

    /// <summary>The last checkpoint, null where none was written.</summary>
    public FileReference? Checkpoint { get; init; }

    /// <summary>The exported model, null where none was written.</summary>
    public FileReference? Model { get; init; }

    public bool Equals(TrainingDocument? other) => EvidenceJson.Same(this, other);

    public override int GetHashCode() => base.GetHashCode();

    internal override IEnumerable<string> Faults()
    {
        foreach (string fault in base.Faults()) yield return fault;
        foreach (StepRecord s in History)
        {
            if (!double.IsFinite(s.Loss) || !double.IsFinite(s.Epoch) || !double.IsFinite(s.LearningRate) || !double.IsFinite(s.SamplesPerSecond) || !double.IsFinite(s.Seconds.Value))
            {
                yield return $"the history's step {s.Step} holds a number that is not finite: {s}";
            }
        }
        foreach (ValidationRecord v in Validation)
        {
            if (!double.IsFinite(v.Loss) || !double.IsFinite(v.Accuracy ?? 0)) yield return $"the validation at step {v.Step} holds a number that is not finite: {v}";
        }
        foreach (OperatorTime t in TimeByOperator)
        {
            if (!double.IsFinite(t.Seconds.Value) || !double.IsFinite(t.Share)) yield return $"the time of {t.Operator} is not finite: {t}";
        }
        foreach (FileReference? file in (FileReference?[])[Checkpoint, Model])
        {
            if (file is not null && file.Fault() is string fault) yield return fault;
        }
    }
}

/// <summary>How a run ended.</summary>
public enum OutcomeKind
{
    /// <summary>It did all its steps.</summary>
    Completed,

    /// <summary>The validation loss stopped falling, as the settings ask.</summary>
    StoppedEarly,

    /// <summary>Somebody pressed Ctrl-C; what was done until then is usable.</summary>
    Interrupted,

    /// <summary>It could not go on; the reason says why.</summary>
    Failed,
}

/// <summary>How a run ended, and why.</summary>
public sealed record Outcome(OutcomeKind Kind, string Reason = "")
{
    public override string ToString() => (Kind switch
    {
        OutcomeKind.Completed => "completed",
        OutcomeKind.StoppedEarly => "stopped early",
        OutcomeKind.Interrupted => "interrupted",
        _ => "failed",
    }) + (Reason.Length > 0 ? ": " + Reason : "");
}

/// <summary>One step of training.</summary>
/// <param name="Step">The optimizer's steps so far, this one counted.</param>
/// <param name="Epoch">Passes over the training rows so far, with a fraction.</param>
/// <param name="Loss">Mean loss of the step's batch, in the loss's own unit (nats for cross-entropy).</param>
/// <param name="LearningRate">The rate that the step used.</param>
/// <param name="SamplesPerSecond">Rows (or sequences) a second.</param>
/// <param name="Seconds">What the step took.</param>
public sealed record StepRecord(long Step, double Epoch, double Loss, double LearningRate, double SamplesPerSecond, Seconds Seconds);

/// <summary>A look at the validation rows after <paramref name="Step"/> steps.</summary>
public sealed record ValidationRecord(long Step, double Loss, double? Accuracy = null);

/// <summary>The time of all nodes of one operator; <paramref name="Share"/> is its part of the whole, 0 to 1.</summary>
public sealed record OperatorTime(string Operator, Seconds Seconds, double Share);
