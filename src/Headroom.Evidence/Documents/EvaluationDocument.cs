using Headroom.Evidence.Gates;

namespace Headroom.Evidence.Documents;

/// <summary>How good the exported model is on rows that it has not seen: <c>evaluation.json</c>. Its <c>accuracy</c> is the honest one.</summary>
public sealed record EvaluationDocument() : Document(SchemaName)
{
    public const string SchemaName = "headroom/evaluation/1";

    /// <summary>The names of the classes, in the order of the model's outputs; empty where it is no classifier.</summary>
    public IReadOnlyList<string> Classes { get; init => field = Frozen.List(value, "classes"); } = [];

    /// <summary>Rows by true class (outer) and predicted class (inner); empty, or [classes, classes].</summary>
    public IReadOnlyList<IReadOnlyList<long>> ConfusionMatrix
    {
        get;
        init => field = Frozen.List([.. value.Select(row => Frozen.List(row, "confusionMatrix"))], "confusionMatrix");
    } = [];

    public IReadOnlyList<ClassScore> PerClass { get; init => field = Frozen.List(value, "perClass"); } = [];

    /// <summary>Confidence against accuracy, bin by bin: the reliability diagram.</summary>
    public IReadOnlyList<ReliabilityBin> Reliability { get; init => field = Frozen.List(value, "reliability"); } = [];

    /// <summary>Of a forecaster: some windows, step by step.</summary>
    public IReadOnlyList<ForecastSample> Forecasts { get; init => field = Frozen.List(value, "forecasts"); } = [];

    /// <summary>A plain model on the same rows, null where none was made.</summary>
    public Baseline? Baseline { get; init; }

    /// <summary>What became of the gates that <c>headroom.yaml</c> sets.</summary>
    public IReadOnlyList<GateResult> Gates { get; init => field = Frozen.List(value, "gates"); } = [];

    public bool Equals(EvaluationDocument? other) => EvidenceJson.Same(this, other);

    public override int GetHashCode() => base.GetHashCode();

    internal override IEnumerable<string> Faults()
    {
        foreach (string fault in base.Faults()) yield return fault;
        if (ConfusionMatrix.Count > 0 && ConfusionMatrix.Count != Classes.Count) yield return $"the confusion matrix has {ConfusionMatrix.Count} rows for {Classes.Count} classes";
        foreach (IReadOnlyList<long> row in ConfusionMatrix)
        {
            if (row.Count != Classes.Count) yield return $"a row of the confusion matrix has {row.Count} columns for {Classes.Count} classes";
            if (row.Any(count => count < 0)) yield return "the confusion matrix holds a negative count";
        }
        foreach (ClassScore c in PerClass)
        {
            if (!Finite(c.Precision) || !Finite(c.Recall) || !Finite(c.F1)) yield return $"the scores of class '{c.Class}' are not finite: {c}";
        }
        foreach (ReliabilityBin b in Reliability)
        {
            if (!Finite(b.Low) || !Finite(b.High) || !Finite(b.Confidence) || !Finite(b.Accuracy)) yield return $"a reliability bin is not finite: {b}";
        }
        foreach (ForecastSample f in Forecasts)
        {
            if (f.Forecast.Count != f.Truth.Count || f.Naive.Count != f.Truth.Count) yield return $"a forecast of '{f.Series}' has {f.Forecast.Count} steps for {f.Truth.Count}";
            if (f.Past.Concat(f.Truth).Concat(f.Forecast).Concat(f.Naive).Any(v => !double.IsFinite(v))) yield return $"a forecast of '{f.Series}' is not finite";
        }
        foreach (Measurement m in Baseline?.Measurements ?? [])
        {
            if (!double.IsFinite(m.Value)) yield return $"the baseline's measurement '{m.Name}' is {Frozen.Show(m.Value)}";
        }
        foreach (GateResult g in Gates)
        {
            if (!Finite(g.Value)) yield return $"the gate '{g.Rule}' measured {Frozen.Show(g.Value ?? 0)}";
        }
    }

    private static bool Finite(double? value) => double.IsFinite(value ?? 0);
}

/// <summary>How one class fares; a score that is 0/0 is null.</summary>
/// <param name="Class">Its name.</param>
/// <param name="Rows">Rows whose truth it is.</param>
/// <param name="Precision">Of the rows predicted as it, the fraction that is; null where none was predicted.</param>
/// <param name="Recall">Of its rows, the fraction predicted as it; null where it has none.</param>
/// <param name="F1">2TP / (2TP + FP + FN); null where all three are 0.</param>
public sealed record ClassScore(string Class, long Rows, double? Precision, double? Recall, double? F1);

/// <summary>One bin of the reliability diagram.</summary>
/// <param name="Low">Its lower edge.</param>
/// <param name="High">Its upper edge.</param>
/// <param name="Rows">Rows whose confidence falls into it.</param>
/// <param name="Confidence">Their mean confidence; null where there are none.</param>
/// <param name="Accuracy">The fraction of them that is right; null where there are none.</param>
public sealed record ReliabilityBin(double Low, double High, long Rows, double? Confidence, double? Accuracy);

/// <summary>A plain model's result on the same rows, for comparison.</summary>
public sealed record Baseline(string Name, IReadOnlyList<Measurement> Measurements)
{
    /// <summary>What sort of model it is, as a report says it.</summary>
    public string Kind { get; init; } = "plain linear model";

    public IReadOnlyList<Measurement> Measurements { get; } = Frozen.Measurements(Measurements);
}
