using System.Diagnostics;
using Headroom.Evaluation.Classification;
using Headroom.Evidence;
using Headroom.Evidence.Documents;
using Headroom.Evidence.Randomness;

namespace Headroom.Evaluation.Baselines;

/// <summary>A plain linear model on the same split: what a model must beat to be worth its training.</summary>
public static class LinearBaseline
{
    public const string SecondsName = "baseline_seconds";

    /// <summary>Training rows held out to choose rate and epochs where no validation rows are given: one in so many.</summary>
    private const int HeldOut = 10;

    /// <summary>Trains on the training rows, chooses rate and epochs on the validation rows, and measures on the test rows.</summary>
    /// <param name="name">What the features are: <c>logistic regression on TF-IDF of words and word pairs</c>.</param>
    /// <param name="train">Rows and their classes.</param>
    /// <param name="validation">Rows and their classes, or null: then a tenth of the training rows is held out.</param>
    /// <param name="test">Rows and their classes.</param>
    /// <param name="classes">Their names.</param>
    /// <param name="settings">Of the training.</param>
    /// <param name="measures">Of the intervals.</param>
    /// <param name="cancellation">Stops it within a thousand rows.</param>
    /// <returns>For the evaluation document: <c>baseline_accuracy</c>, <c>baseline_log_loss</c>, <c>baseline_seconds</c>.</returns>
    /// <exception cref="InputException">There are too few rows, or a label is outside the range.</exception>
    public static Baseline Run(string name, LabelledRows train, LabelledRows? validation, LabelledRows test, IReadOnlyList<string> classes,
        LinearSettings? settings = null, MeasureSettings? measures = null, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(train);
        ArgumentNullException.ThrowIfNull(test);
        (LinearSettings chosen, MeasureSettings how) = (settings ?? new(), measures ?? new());
        if (train.Labels.Length < 2 * HeldOut) throw new InputException("baseline", $"{train.Labels.Length} training rows are too few for a linear model.", $"Give {2 * HeldOut} or more.");
        Check(train.Labels, classes.Count);
        long started = Stopwatch.GetTimestamp();
        (LabelledRows fit, LabelledRows choose) = validation is { Labels.Length: > 0 } ? (train, validation) : Split(train, chosen.Seed);
        Check(choose.Labels, classes.Count);
        LinearModel model = LinearModel.Train(fit.Features, fit.Labels, choose.Features, choose.Labels, classes.Count, chosen, cancellation);
        ClassificationScores scores = ClassificationScores.FromLogits<float>(model.Logits(test.Features), test.Labels, classes, "baseline");
        double seconds = Stopwatch.GetElapsedTime(started).TotalSeconds;
        string training = FormattableString.Invariant($"AdaGrad, rate {model.Rate}, {model.Epochs} epochs by the validation loss, seed {chosen.Seed}");
        return new Baseline(name,
        [
            Named(new Accuracy().Of(scores, how), training),
            Named(new LogLoss().Of(scores, how), training),
            new Measurement(SecondsName, seconds, "seconds", null, "wall time of training and prediction on one thread, features not counted"),
        ]);
    }

    // Not "accuracy": a document has one, and it is the model's.
    private static Measurement Named(Measurement m, string training) => m with { Name = "baseline_" + m.Name, Method = $"{m.Method}; {training}" };

    private static (LabelledRows Fit, LabelledRows Choose) Split(LabelledRows all, ulong seed)
    {
        int[] order = new Philox(seed, ulong.MaxValue).Permutation(all.Labels.Length);
        int held = order.Length / HeldOut;
        return (all.Take(order[held..]), all.Take(order[..held]));
    }

    private static void Check(int[] labels, int classes)
    {
        for (int row = 0; row < labels.Length; row++)
        {
            if ((uint)labels[row] >= (uint)classes) throw new InputException($"baseline, row {row}", $"the label {labels[row]} lies outside 0 to {classes - 1}.", "Number the labels as the model's classes.");
        }
    }
}
