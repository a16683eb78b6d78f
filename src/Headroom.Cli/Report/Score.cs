using Headroom.Evidence;
using Headroom.Evidence.Documents;

namespace Headroom.Cli.Report;

/// <summary>The one measurement that says how good a model is, and how to hold it against another's.</summary>
internal static class Score
{
    /// <summary>By rank: a classifier's, a language model's, a forecaster's, a regression's.</summary>
    private static readonly (string Name, string Title, bool HigherIsBetter)[] Known =
    [
        ("accuracy", "Test accuracy", true),
        ("perplexity", "Test perplexity", false),
        ("loss_per_token", "Test loss per token", false),
        ("normalized_deviation", "Test normalised deviation", false),
        ("rmse", "Root mean squared error", false),
        ("mae", "Mean absolute error", false),
    ];

    public static Measurement? Find(EvaluationDocument evaluation) => Known.Select(k => evaluation.Find(k.Name)).FirstOrDefault(m => m is not null);

    public static string Title(string name) => Known.FirstOrDefault(k => k.Name == name).Title ?? name;

    /// <summary>The baseline's measurement of the same thing in the same unit.</summary>
    public static Measurement? Counterpart(Measurement ours, Baseline baseline) =>
        baseline.Measurements.FirstOrDefault(m => (m.Name == "baseline_" + ours.Name || m.Name == ours.Name) && m.Unit == ours.Unit);

    /// <summary>Accuracies as a percentage, the rest in their unit.</summary>
    public static string Value(Measurement score, double value) => $"{Bare(score, value)} {Show.Unit(score.Unit)}".TrimEnd();

    /// <summary>As <see cref="Value"/>, where the unit stands nearby.</summary>
    public static string Bare(Measurement score, double value) => score.Unit == "fraction" ? Show.Percent(value) : Show.Value(value, score.Unit);

    /// <summary>What the two intervals say, in one sentence. That they overlap shows neither better; it does not show them equal.</summary>
    public static string Verdict(Measurement ours, Measurement theirs, string kind)
    {
        bool higher = Known.FirstOrDefault(k => k.Name == ours.Name).HigherIsBetter;
        double ahead = higher ? ours.Value - theirs.Value : theirs.Value - ours.Value;
        string by = ours.Unit == "fraction" ? (Math.Abs(ahead) < 0.0005 ? "less than 0.1 percentage points" : $"{Show.Number(Math.Round(100 * Math.Abs(ahead), 1))} percentage points") : $"{Show.Value(Math.Abs(ahead), ours.Unit)} {Show.Unit(ours.Unit)}".TrimEnd();
        string direction = ahead > 0 ? "better than" : "worse than";
        if (ahead == 0) return $"This model scores the same as the {kind}.";
        if (ours.Interval is not Interval a || theirs.Interval is not Interval b) return $"This model scores {by} {direction} the {kind}; without intervals for both, that may be chance.";
        return a.High < b.Low || b.High < a.Low
            ? $"This model is {by} {direction} the {kind}, and the 95 % intervals do not overlap."
            : $"This model scores {by} {direction} the {kind}, but the 95 % intervals overlap: they alone do not show which of the two is better.";
    }
}
