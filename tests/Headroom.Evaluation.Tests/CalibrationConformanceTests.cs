using System.Text.Json;
using Headroom.Evaluation.Calibration;
using Headroom.Evaluation.Classification;
using Headroom.Evidence.Documents;

namespace Headroom.Evaluation.Tests;

/// <summary>Vectors that other tools computed, from <c>evidence/*.json</c> under <c>HEADROOM_CONFORMANCE</c>: those whose function is one of these measures.</summary>
public sealed class CalibrationConformanceTests
{
    private static readonly MeasureSettings Few = new(Resamples: 20);

    [Fact] // torchmetrics: bins as ours, but in float32, and a confidence of 1 in a bin of its own; softmax never gives a 1 here
    public void Equal_width_calibration_errors_are_those_of_torchmetrics() => Each("calibration", "ece_equal_width", v =>
    {
        string norm = v.GetProperty("params").GetProperty("norm").GetString()!;
        IReadOnlyList<ReliabilityBin> bins = Bins(Scores(v), v.GetProperty("params").GetProperty("n_bins").GetInt32());
        Same(v, "value", norm switch { "l1" => L1(bins), "l2" => Math.Sqrt(Gaps(bins).Sum(g => g.Weight * g.Gap * g.Gap)), _ => Gaps(bins).Max(g => g.Gap) });
        if (norm == "l1") Same(v, "value", new ExpectedCalibrationError { Bins = v.GetProperty("params").GetProperty("n_bins").GetInt32() }.Of(Scores(v), Few).Value);
    });

    [Fact] // netcal closes bins on the right; none of its vectors has a confidence on an edge. Its ACE weighs non-empty bins equally
    public void Netcal_agrees_where_no_confidence_is_an_edge() => Each("calibration", "ece_netcal", v =>
    {
        IReadOnlyList<ReliabilityBin> bins = Bins(Scores(v), v.GetProperty("params").GetProperty("bins").GetInt32());
        Same(v, "ece", L1(bins));
        Same(v, "mce", Gaps(bins).Max(g => g.Gap));
        Same(v, "ace", Gaps(bins).Average(g => g.Gap));
    });

    [Fact]
    public void Log_loss_Brier_score_and_accuracy_are_those_of_scikit_learn() => Each("calibration", "nll_brier_multiclass", v =>
    {
        ClassificationScores scores = Scores(v);
        double brier = new BrierScore().Of(scores, Few).Value;
        Same(v, "nll", new LogLoss().Of(scores, Few).Value);
        Same(v, "brier_sum", brier);
        Same(v, "brier_mean_per_class", brier / scores.Classes.Count);
        Same(v, "accuracy", new Accuracy().Of(scores, Few).Value);
    });

    [Fact] // the binary forms look at class 1 alone: the Brier score is half of ours, and bins are of P(class 1), not of the predicted class's probability
    public void Binary_forms_follow_from_ours() => Each("calibration", "binary_calibration", v =>
    {
        (double[] p, bool[] truth) = Binary(v);
        ClassificationScores scores = Tests.Scores.FromProbabilities([.. p.Select(x => new[] { 1 - x, x })], [.. truth.Select(t => t ? 1 : 0)]);
        IReadOnlyList<ReliabilityBin> bins = ReliabilityDiagram.Of(p, truth, v.GetProperty("params").GetProperty("n_bins").GetInt32());
        Same(v, "brier", new BrierScore().Of(scores, Few).Value / 2);
        Same(v, "log_loss", new LogLoss().Of(scores, Few).Value);
        Same(v, "ece_l1_10", L1(bins));
        Same(v, "mce_10", Gaps(bins).Max(g => g.Gap));
    });

    [Fact] // torchmetrics differs here (0.525): a confidence of 1 gets a bin of its own; the definition's value is ours
    public void A_confidence_of_one_conforms_to_the_definition_and_not_to_torchmetrics() => Each("calibration", "binary_ece_confidence_one", v =>
    {
        (double[] p, bool[] truth) = Binary(v);
        Same(v, "textbook_last_bin_closed", L1(ReliabilityDiagram.Of(p, truth, v.GetProperty("params").GetProperty("n_bins").GetInt32())));
    });

    [Fact] // scikit-learn's uniform strategy drops empty bins, and closes them on the right; no score is an edge. Its quantile strategy is not ours
    public void Reliability_bins_are_those_of_scikit_learn() => Each("calibration", "reliability_curve", v =>
    {
        (double[] p, bool[] truth) = Binary(v);
        ReliabilityBin[] bins = [.. ReliabilityDiagram.Of(p, truth, 10).Where(b => b.Rows > 0)];
        JsonElement uniform = v.GetProperty("expected").GetProperty("uniform10");
        Assert.Equal(Doubles(uniform.GetProperty("prob_true")), bins.Select(b => b.Accuracy!.Value), (a, b) => Math.Abs(a - b) <= Tolerance(v, a));
        Assert.Equal(Doubles(uniform.GetProperty("prob_pred")), bins.Select(b => b.Confidence!.Value), (a, b) => Math.Abs(a - b) <= Tolerance(v, a));
    });

    [Fact]
    public void Logit_parity_is_the_largest_absolute_difference() => Each("regression_between_versions", "logit_parity", v =>
    {
        double[][] reference = Rows(v.GetProperty("input").GetProperty("ref_logits")), other = Rows(v.GetProperty("input").GetProperty("new_logits"));
        Same(v, "max_abs", LogitParity.Of<double>(reference.SelectMany(r => r).ToArray(), other.SelectMany(r => r).ToArray(), reference.Length).Value);
    });

    private static void Each(string area, string function, Action<JsonElement> check)
    {
        string? folder = Environment.GetEnvironmentVariable("HEADROOM_CONFORMANCE");
        if (string.IsNullOrEmpty(folder)) Assert.Skip("HEADROOM_CONFORMANCE is not set: no reference vectors to compare with.");
        string path = Path.Combine(folder, "evidence", area + ".json");
        if (!File.Exists(path)) Assert.Skip($"{path} is not there.");
        using JsonDocument file = JsonDocument.Parse(File.ReadAllText(path));
        JsonElement[] vectors = [.. file.RootElement.GetProperty("vectors").EnumerateArray().Where(v => v.GetProperty("fn").GetString() == function)];
        if (vectors.Length == 0) Assert.Skip($"{path} holds no vectors of {function}.");
        foreach (JsonElement vector in vectors) check(vector);
    }

    private static ClassificationScores Scores(JsonElement v)
    {
        JsonElement input = v.GetProperty("input");
        int[] labels = [.. input.GetProperty("labels").EnumerateArray().Select(l => l.GetInt32())];
        return input.TryGetProperty("logits", out JsonElement logits) ? Tests.Scores.FromLogits(Rows(logits), labels) : Tests.Scores.FromProbabilities(Rows(input.GetProperty("probs")), labels);
    }

    private static (double[] P, bool[] Truth) Binary(JsonElement v) => (Doubles(v.GetProperty("input").GetProperty("scores")),
        [.. v.GetProperty("input").GetProperty("labels").EnumerateArray().Select(l => l.GetInt32() == 1)]);

    private static IReadOnlyList<ReliabilityBin> Bins(ClassificationScores scores, int bins) =>
        ReliabilityDiagram.Of(scores.Confidence, [.. Enumerable.Range(0, scores.Rows).Select(i => scores.Predicted[i] == scores.Labels[i])], bins);

    private static IEnumerable<(double Weight, double Gap)> Gaps(IReadOnlyList<ReliabilityBin> bins) =>
        bins.Where(b => b.Rows > 0).Select(b => ((double)b.Rows / bins.Sum(x => x.Rows), Math.Abs(b.Accuracy!.Value - b.Confidence!.Value)));

    private static double L1(IReadOnlyList<ReliabilityBin> bins) => Gaps(bins).Sum(g => g.Weight * g.Gap);

    private static void Same(JsonElement v, string key, double got)
    {
        if (!v.GetProperty("expected").TryGetProperty(key, out JsonElement element)) return;
        double expected = element.GetDouble();
        Assert.True(Math.Abs(got - expected) <= Tolerance(v, expected), FormattableString.Invariant($"{v.GetProperty("id")}: {key} is {got}, should be {expected}"));
    }

    private static double Tolerance(JsonElement v, double expected) =>
        v.GetProperty("tolerance").GetProperty("abs").GetDouble() + (v.GetProperty("tolerance").GetProperty("rel").GetDouble() * Math.Abs(expected));

    private static double[] Doubles(JsonElement list) => [.. list.EnumerateArray().Select(x => x.GetDouble())];

    private static double[][] Rows(JsonElement rows) => [.. rows.EnumerateArray().Select(Doubles)];
}
