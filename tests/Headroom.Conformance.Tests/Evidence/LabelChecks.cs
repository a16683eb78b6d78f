using System.Text.Json;
using Headroom.Audit.Labels;
using Headroom.Audit.Profile;

namespace Headroom.Conformance.Tests.Evidence;

/// <summary>Labels beside cleanlab.</summary>
internal static class LabelChecks
{
    private static readonly (string Key, LabelIssueRule Rule)[] Rules =
    [
        ("issues_prune_by_noise_rate", LabelIssueRule.NoiseRate), ("issues_prune_by_class", LabelIssueRule.Class), ("issues_both", LabelIssueRule.Both), ("issues_confident_learning", LabelIssueRule.ConfidentLearning),
        ("issues_predicted_neq_given", LabelIssueRule.PredictedOther), ("issues_low_self_confidence", LabelIssueRule.LowSelfConfidence), ("issues_low_normalized_margin", LabelIssueRule.LowNormalisedMargin),
    ];

    [VectorsOf("label_quality", "confident_learning")]
    public static void Confident(Vector v)
    {
        int[] labels = [.. v.Input.GetProperty("labels").EnumerateArray().Select(l => l.GetInt32())];
        double[][] rows = Vector.Rows(v.Input.GetProperty("pred_probs"));
        double[] flat = [.. rows.SelectMany(r => r)];
        int classes = rows[0].Length;
        var learning = new ConfidentLearning(labels, flat, classes);
        v.Same("confident_thresholds", Vector.Doubles(v.Look("confident_thresholds")), learning.Thresholds);
        Table(v, "confident_joint_uncalibrated", (g, t) => learning.Uncalibrated[g, t]);
        Table(v, "confident_joint", (g, t) => learning.Joint[g, t]);
        Table(v, "joint", (g, t) => learning.Joint[g, t] / (double)labels.Length);
        v.Same("num_label_issues_off_diagonal", learning.Issues(LabelIssueRule.ConfidentLearning).Length);
        foreach ((string key, LabelIssueRule rule) in Rules) v.Same(key, Vector.Doubles(v.Look(key)), [.. learning.Issues(rule).Select(i => (double)i)]);
        v.Same("quality_self_confidence", Vector.Doubles(v.Look("quality_self_confidence")), LabelQuality.SelfConfidence(labels, flat, classes));
        v.Same("quality_normalized_margin", Vector.Doubles(v.Look("quality_normalized_margin")), LabelQuality.NormalisedMargin(labels, flat, classes));
        v.Same("quality_confidence_weighted_entropy", Vector.Doubles(v.Look("quality_confidence_weighted_entropy")), LabelQuality.ConfidenceWeightedEntropy(labels, flat, classes));
        v.Same("ranked_by_self_confidence", Vector.Doubles(v.Look("ranked_by_self_confidence")), [.. learning.Ranked().Select(i => (double)i)]);
        v.Same("overall_label_health_score", learning.Health);
        IReadOnlyList<ClassNoise> noise = learning.ClassesByQuality();
        JsonElement expected = v.Look("rank_classes");
        void Column(string name, Func<ClassNoise, double> of) => v.Same(name, Vector.Doubles(expected.GetProperty(name)), [.. noise.Select(of)]);
        Column("Class Index", c => c.Class);
        Column("Label Issues", c => c.Issues);
        Column("Inverse Label Issues", c => c.InverseIssues);
        Column("Label Noise", c => c.Noise);
        Column("Inverse Label Noise", c => c.InverseNoise);
        Column("Label Quality Score", c => c.Quality);
    }

    [VectorsOf("label_quality", "class_imbalance")]
    public static void Balance(Vector v)
    {
        int[] labels = [.. v.Input.GetProperty("labels").EnumerateArray().Select(l => l.GetInt32())];
        ClassBalance balance = ClassBalance.Of(labels, labels.Max() + 1);
        v.Same("counts", Vector.Doubles(v.Look("counts")), [.. balance.Counts.Select(c => (double)c)]);
        v.Same("imbalance_ratio", balance.Ratio);
        v.Same("normalised_entropy", balance.NormalisedEntropy);
        v.Same("gini", balance.Gini);
        v.Same("rarest_class", balance.Rarest);
        v.Near("cleanlab_imbalance_flag", v.Look("cleanlab_imbalance_flag").GetBoolean() ? 1 : 0, balance.IsImbalanced ? 1 : 0);
    }

    [VectorsOf("label_quality", "knn_outlier_score")]
    public static void Outliers(Vector v) => v.Same("score", Vector.Doubles(v.Look("score")), NeighbourOutliers.Scores(Vector.Rows(v.Input.GetProperty("features")), v.Params.GetProperty("k").GetInt32()));

    private static void Table(Vector v, string key, Func<int, int, double> of)
    {
        double[][] expected = Vector.Rows(v.Look(key));
        for (int g = 0; g < expected.Length; g++)
            for (int t = 0; t < expected.Length; t++) v.Near($"{key}[{g}, {t}]", expected[g][t], of(g, t));
    }
}
