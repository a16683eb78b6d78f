using System.Text.Json;
using Headroom.Evaluation;
using Headroom.Evaluation.Calibration;
using Headroom.Evaluation.Classification;
using Headroom.Evidence.Documents;

namespace Headroom.Conformance.Tests.Evidence;

/// <summary>Calibration beside torchmetrics, netcal and scikit-learn.</summary>
internal static class CalibrationChecks
{
    private static readonly MeasureSettings Few = new(Resamples: 20);

    // torchmetrics: bins as ours, but in float32, and a confidence of 1 in a bin of its own; softmax never gives a 1 here.
    [VectorsOf("calibration", "ece_equal_width")]
    public static void EqualWidth(Vector v)
    {
        string norm = v.Params.GetProperty("norm").GetString()!;
        int count = v.Params.GetProperty("n_bins").GetInt32();
        IReadOnlyList<ReliabilityBin> bins = Bins(Scores(v), count);
        v.Same("value", norm switch { "l1" => L1(bins), "l2" => Math.Sqrt(Gaps(bins).Sum(g => g.Weight * g.Gap * g.Gap)), _ => Gaps(bins).Max(g => g.Gap) });
        if (norm == "l1") v.Same("value", new ExpectedCalibrationError { Bins = count }.Of(Scores(v), Few).Value);
    }

    // netcal closes bins on the right; none of its vectors has a confidence on an edge. Its ACE weighs non-empty bins equally.
    [VectorsOf("calibration", "ece_netcal")]
    public static void Netcal(Vector v)
    {
        IReadOnlyList<ReliabilityBin> bins = Bins(Scores(v), v.Params.GetProperty("bins").GetInt32());
        v.Same("ece", L1(bins));
        v.Same("mce", Gaps(bins).Max(g => g.Gap));
        v.Same("ace", Gaps(bins).Average(g => g.Gap));
    }

    [VectorsOf("calibration", "nll_brier_multiclass")]
    public static void ProperScores(Vector v)
    {
        ClassificationScores scores = Scores(v);
        double brier = new BrierScore().Of(scores, Few).Value;
        v.Same("nll", new LogLoss().Of(scores, Few).Value);
        v.Same("brier_sum", brier);
        v.Same("brier_mean_per_class", brier / scores.Classes.Count);
        v.Same("accuracy", new Accuracy().Of(scores, Few).Value);
    }

    // The binary forms look at class 1 alone: the Brier score is half of ours, and bins are of P(class 1), not of the predicted class's probability.
    [VectorsOf("calibration", "binary_calibration")]
    public static void Binary(Vector v)
    {
        (double[] p, bool[] truth) = Probabilities(v);
        ClassificationScores scores = ClassificationScores.FromProbabilities<double>([.. p.SelectMany(x => new[] { 1 - x, x })], [.. truth.Select(t => t ? 1 : 0)], ["0", "1"]);
        IReadOnlyList<ReliabilityBin> bins = ReliabilityDiagram.Of(p, truth, v.Params.GetProperty("n_bins").GetInt32());
        v.Same("brier", new BrierScore().Of(scores, Few).Value / 2);
        v.Same("log_loss", new LogLoss().Of(scores, Few).Value);
        v.Same("ece_l1_10", L1(bins));
        v.Same("mce_10", Gaps(bins).Max(g => g.Gap));
    }

    // torchmetrics puts a confidence of 1 into a bin of its own; the definition doesn't, and neither do we.
    [VectorsOf("calibration", "binary_ece_confidence_one")]
    public static void ConfidenceOne(Vector v)
    {
        (double[] p, bool[] truth) = Probabilities(v);
        v.Same("textbook_last_bin_closed", L1(ReliabilityDiagram.Of(p, truth, v.Params.GetProperty("n_bins").GetInt32())));
        v.Differs("torchmetrics");
    }

    // scikit-learn's uniform strategy drops empty bins, and closes them on the right; no score is an edge. Its quantile strategy is not built.
    [VectorsOf("calibration", "reliability_curve")]
    public static void Reliability(Vector v)
    {
        (double[] p, bool[] truth) = Probabilities(v);
        ReliabilityBin[] bins = [.. ReliabilityDiagram.Of(p, truth, 10).Where(b => b.Rows > 0)];
        JsonElement uniform = v.Look("uniform10");
        v.Same("uniform10.prob_true", Vector.Doubles(uniform.GetProperty("prob_true")), [.. bins.Select(b => b.Accuracy!.Value)]);
        v.Same("uniform10.prob_pred", Vector.Doubles(uniform.GetProperty("prob_pred")), [.. bins.Select(b => b.Confidence!.Value)]);
    }

    [VectorsOf("regression_between_versions", "logit_parity")]
    public static void Parity(Vector v)
    {
        double[][] reference = Vector.Rows(v.Input.GetProperty("ref_logits")), other = Vector.Rows(v.Input.GetProperty("new_logits"));
        v.Same("max_abs", LogitParity.Of<double>(reference.SelectMany(r => r).ToArray(), other.SelectMany(r => r).ToArray(), reference.Length).Value);
    }

    private static ClassificationScores Scores(Vector v)
    {
        int[] labels = [.. v.Input.GetProperty("labels").EnumerateArray().Select(l => l.GetInt32())];
        bool logits = v.Input.TryGetProperty("logits", out JsonElement given);
        double[][] rows = Vector.Rows(logits ? given : v.Input.GetProperty("probs"));
        string[] names = [.. Enumerable.Range(0, rows[0].Length).Select(c => $"class {c}")];
        double[] flat = [.. rows.SelectMany(r => r)];
        return logits ? ClassificationScores.FromLogits<double>(flat, labels, names) : ClassificationScores.FromProbabilities<double>(flat, labels, names);
    }

    private static (double[] P, bool[] Truth) Probabilities(Vector v)
        => (Vector.Doubles(v.Input.GetProperty("scores")), [.. v.Input.GetProperty("labels").EnumerateArray().Select(l => l.GetInt32() == 1)]);

    private static IReadOnlyList<ReliabilityBin> Bins(ClassificationScores scores, int bins) =>
        ReliabilityDiagram.Of(scores.Confidence, [.. Enumerable.Range(0, scores.Rows).Select(i => scores.Predicted[i] == scores.Labels[i])], bins);

    private static IEnumerable<(double Weight, double Gap)> Gaps(IReadOnlyList<ReliabilityBin> bins) =>
        bins.Where(b => b.Rows > 0).Select(b => ((double)b.Rows / bins.Sum(x => x.Rows), Math.Abs(b.Accuracy!.Value - b.Confidence!.Value)));

    private static double L1(IReadOnlyList<ReliabilityBin> bins) => Gaps(bins).Sum(g => g.Weight * g.Gap);
}
