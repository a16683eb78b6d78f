using Headroom.Evaluation.Calibration;
using Headroom.Evaluation.Classification;
using Headroom.Evaluation.Drawing;
using Headroom.Evaluation.Forecasting;
using Headroom.Evaluation.Language;
using Headroom.Evaluation.Regression;
using Headroom.Evidence;
using Headroom.Evidence.Documents;

namespace Headroom.Evaluation;

/// <summary>Makes <c>evaluation.json</c> from scores: every measure of their kind, what the report draws, and what became of the gates.</summary>
public static class Evaluations
{
    /// <summary>Of a classifier; <paramref name="parity"/> is added where it was measured.</summary>
    public static EvaluationDocument Of(ClassificationScores scores, EvaluationContext? context = null, Measurement? parity = null)
    {
        ArgumentNullException.ThrowIfNull(scores);
        ConfusionMatrix matrix = ConfusionMatrix.Of(scores);
        bool[] correct = new bool[scores.Rows];
        for (int row = 0; row < correct.Length; row++) correct[row] = scores.Predicted[row] == scores.Labels[row];
        return Document(scores, context, parity) with
        {
            Classes = scores.Classes,
            ConfusionMatrix = matrix.ToRows(),
            PerClass = PerClassTable.Of(matrix, scores.Classes),
            Reliability = ReliabilityDiagram.Of(scores.Confidence, correct),
        };
    }

    /// <summary>Of a model that predicts a number.</summary>
    public static EvaluationDocument Of(RegressionScores scores, EvaluationContext? context = null, Measurement? parity = null) => Document(scores, context, parity);

    /// <summary>Of a forecaster; <paramref name="forecasts"/> are drawn in the report.</summary>
    public static EvaluationDocument Of(ForecastScores scores, EvaluationContext? context = null, Measurement? parity = null, IReadOnlyList<ForecastSample>? forecasts = null)
        => Document(scores, context, parity) with { Forecasts = forecasts ?? [] };

    /// <summary>Of a language model.</summary>
    public static EvaluationDocument Of(LanguageScores scores, EvaluationContext? context = null, Measurement? parity = null) => Document(scores, context, parity);

    /// <summary>Of a network that draws pictures.</summary>
    public static EvaluationDocument Of(DrawnScores scores, EvaluationContext? context = null, Measurement? parity = null) => Document(scores, context, parity);

    private static EvaluationDocument Document<TScores>(TScores scores, EvaluationContext? context, Measurement? parity)
    {
        context ??= new();
        List<Measurement> measurements = [.. Measures.Of(scores, context.Measures)];
        if (parity is not null) measurements.Add(parity);
        return new EvaluationDocument
        {
            Created = context.Created ?? DateTimeOffset.UtcNow,
            Inputs = context.Inputs,
            Settings = Settings.From(context.Measures),
            Measurements = measurements,
            Baseline = context.Baseline,
            Gates = [.. context.Gates.Select(gate => gate.Evaluate(measurements))],
        };
    }
}
