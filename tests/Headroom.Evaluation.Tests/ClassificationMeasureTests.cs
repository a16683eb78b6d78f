using CsCheck;
using Headroom.Evaluation.Classification;
using Headroom.Evidence;
using Headroom.Evidence.Documents;

namespace Headroom.Evaluation.Tests;

public sealed class ClassificationMeasureTests
{
    private static readonly MeasureSettings Few = new(Resamples: 40);

    [Fact]
    public void All_measures_are_found_by_their_type_in_ordinal_order() =>
        Assert.Equal(["accuracy", "balanced_accuracy", "brier", "ece", "log_loss", "macro_f1"], Measures.Names<ClassificationScores>());

    [Fact] // Truth 0 0 0 1 1 2, said 0 0 1 1 2 2: hits 2, 1, 1
    public void Closed_forms_of_six_rows()
    {
        ClassificationScores scores = Said([0, 0, 0, 1, 1, 2], [0, 0, 1, 1, 2, 2]);
        Assert.Equal(4 / 6.0, Value<Accuracy>(scores), 12);
        Assert.Equal(((2 / 3.0) + 0.5 + 1) / 3, Value<BalancedAccuracy>(scores), 12);
        Assert.Equal(((4 / 5.0) + (2 / 4.0) + (2 / 3.0)) / 3, Value<MacroF1>(scores), 12);
        // Each row has 0.8 on what it said and 0.1 on the others.
        Assert.Equal(-((4 * Math.Log(0.8)) + (2 * Math.Log(0.1))) / 6, Value<LogLoss>(scores), 12);
        double right = 0.04 + 0.01 + 0.01, wrong = 0.64 + 0.81 + 0.01;
        Assert.Equal(((4 * right) + (2 * wrong)) / 6, Value<BrierScore>(scores), 12);
    }

    [Fact] // Wilson 1927 for 4 of 6 at z = 1.959964: statsmodels' proportion_confint gives the same
    public void Accuracy_has_the_interval_of_Wilson()
    {
        Measurement m = new Accuracy().Of(Said([0, 0, 0, 1, 1, 2], [0, 0, 1, 1, 2, 2]), new());
        const double z = 1.959963984540054, n = 6, p = 4 / 6.0;
        double centre = (p + (z * z / (2 * n))) / (1 + (z * z / n)), half = z / (1 + (z * z / n)) * Math.Sqrt((p * (1 - p) / n) + (z * z / (4 * n * n)));
        Assert.Equal(centre - half, m.Interval!.Value.Low, 9);
        Assert.Equal(centre + half, m.Interval!.Value.High, 9);
        Assert.Equal(("accuracy", "fraction", 6L), (m.Name, m.Unit, m.Rows!.Value));
        Assert.Contains("Wilson", m.Method, StringComparison.Ordinal);
    }

    [Fact]
    public void Confusion_matrix_counts_truth_down_and_prediction_across()
    {
        ConfusionMatrix matrix = ConfusionMatrix.Of(Said([0, 0, 0, 1, 1, 2], [0, 0, 1, 1, 2, 2]));
        Assert.Equal<long>([2, 1, 0], matrix.ToRows()[0]);
        Assert.Equal<long>([0, 1, 1], matrix.ToRows()[1]);
        Assert.Equal<long>([0, 0, 1], matrix.ToRows()[2]);
    }

    [Fact]
    public void A_score_of_nothing_by_nothing_is_null_and_a_class_that_is_never_hit_has_an_F1_of_0()
    {
        // Class 1 is true but never said, class 2 is said but never true, class 3 is neither.
        ClassificationScores scores = Said([0, 1, 0], [0, 2, 0], classes: 4);
        IReadOnlyList<ClassScore> table = PerClassTable.Of(ConfusionMatrix.Of(scores), scores.Classes);
        Assert.Equal(new ClassScore("class 0", 2, 1, 1, 1), table[0]);
        Assert.Equal(new ClassScore("class 1", 1, null, 0, 0), table[1]);
        Assert.Equal(new ClassScore("class 2", 0, 0, null, 0), table[2]);
        Assert.Equal(new ClassScore("class 3", 0, null, null, null), table[3]);
        Assert.Equal(1 / 3.0, Value<MacroF1>(scores), 12);
        Assert.Equal(0.5, Value<BalancedAccuracy>(scores), 12);
        Assert.Contains("1 neither true nor predicted left out", new MacroF1().Of(scores, Few).Method, StringComparison.Ordinal);
        Assert.Contains("2 without test rows left out", new BalancedAccuracy().Of(scores, Few).Method, StringComparison.Ordinal);
    }

    [Fact]
    public void A_probability_of_0_for_the_truth_costs_the_floor_and_no_more() =>
        Assert.Equal(-Math.Log(1e-15), Value<LogLoss>(Scores.FromProbabilities([[1, 0]], 1)), 9);

    [Fact]
    public void Sure_and_right_costs_nothing_and_sure_and_wrong_has_a_Brier_score_of_2()
    {
        Assert.Equal(0, Value<LogLoss>(Scores.FromProbabilities([[1, 0]], 0)));
        Assert.Equal(0, Value<BrierScore>(Scores.FromProbabilities([[1, 0]], 0)));
        Assert.Equal(2, Value<BrierScore>(Scores.FromProbabilities([[1, 0]], 1)));
    }

    [Fact] // ln(1 + e^-60) is below double's resolution beside 1, but not beside 0
    public void Log_loss_from_logits_keeps_what_probabilities_lose() =>
        Assert.Equal(30.0, Value<LogLoss>(Scores.FromLogits([[30, 0]], 1)), 9);

    [Fact]
    public void Of_equal_scores_the_first_class_is_predicted() => Assert.Equal(0, Scores.FromLogits([[1, 1, 1]], 2).Predicted[0]);

    [Fact]
    public void A_single_row_has_no_bootstrap_interval()
    {
        ClassificationScores one = Scores.FromProbabilities([[0.7, 0.3]], 0);
        Assert.All(Measures.Of(one), m => Assert.Equal(m.Name is "accuracy" or "balanced_accuracy", m.Interval is not null));
    }

    [Fact]
    public void Measures_agree_with_a_slow_reading_of_their_definitions() => Scores.Any.Sample((logits, labels) =>
    {
        ClassificationScores scores = Scores.FromLogits(logits, labels);
        double[][] p = [.. logits.Select(z => z.Select(x => Math.Exp(x) / z.Sum(Math.Exp)).ToArray())];
        int[] said = [.. logits.Select(z => Array.IndexOf(z, z.Max()))];
        int classes = logits[0].Length, n = labels.Length;
        Assert.Equal(Enumerable.Range(0, n).Average(i => said[i] == labels[i] ? 1.0 : 0), Value<Accuracy>(scores), 10);
        Assert.Equal(Enumerable.Range(0, n).Average(i => -Math.Log(p[i][labels[i]])), Value<LogLoss>(scores), 10);
        Assert.Equal(Enumerable.Range(0, n).Average(i => Enumerable.Range(0, classes).Sum(c => Math.Pow(p[i][c] - (c == labels[i] ? 1 : 0), 2))), Value<BrierScore>(scores), 10);
        Assert.Equal(labels.Distinct().Average(c => (double)Enumerable.Range(0, n).Count(i => labels[i] == c && said[i] == c) / labels.Count(l => l == c)), Value<BalancedAccuracy>(scores), 10);
        double F1(int c)
        {
            double hits = Enumerable.Range(0, n).Count(i => labels[i] == c && said[i] == c);
            if (hits == 0) return 0;
            double precision = hits / said.Count(s => s == c), recall = hits / labels.Count(l => l == c);
            return 2 * precision * recall / (precision + recall);
        }
        Assert.Equal(labels.Union(said).Average(F1), Value<MacroF1>(scores), 10);
    }, iter: 200);

    [Fact]
    public void The_order_of_rows_changes_no_estimate_and_the_seed_fixes_the_intervals() => Scores.Any.Sample((logits, labels) =>
    {
        IReadOnlyList<Measurement> forth = Measures.Of(Scores.FromLogits(logits, labels), Few);
        IReadOnlyList<Measurement> back = Measures.Of(Scores.FromLogits([.. logits.Reverse()], [.. labels.Reverse()]), Few);
        Assert.Equal(forth.Select(m => m.Name), back.Select(m => m.Name));
        Assert.All(forth.Zip(back), m => Assert.Equal(m.First.Value, m.Second.Value, 10));
        Assert.Equal(forth, Measures.Of(Scores.FromLogits(logits, labels), Few));
    }, iter: 60);

    [Fact]
    public void Estimates_and_intervals_stay_in_bounds() => Scores.Any.Sample((logits, labels) =>
    {
        foreach (Measurement m in Measures.Of(Scores.FromLogits(logits, labels), Few))
        {
            double top = m.Name switch { "log_loss" => 34.54, "brier" => 2, _ => 1 };
            Assert.InRange(m.Value, 0, top);
            Assert.InRange(m.Interval!.Value.Low, 0, m.Interval.Value.High);
            Assert.InRange(m.Interval!.Value.High, 0, top);
        }
    }, iter: 60);

    private static ClassificationScores Said(int[] labels, int[] said, int classes = 3) =>
        Scores.FromProbabilities([.. said.Select(s => Enumerable.Range(0, classes).Select(c => c == s ? 1 - (0.1 * (classes - 1)) : 0.1).ToArray())], labels);

    private static double Value<T>(ClassificationScores scores) where T : IMeasure<ClassificationScores>, new() => new T().Of(scores, Few)!.Value;
}
