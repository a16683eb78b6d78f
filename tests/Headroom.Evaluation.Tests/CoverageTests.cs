using Headroom.Evaluation.Calibration;
using Headroom.Evaluation.Classification;
using Headroom.Evidence.Randomness;

namespace Headroom.Evaluation.Tests;

/// <summary>Of 95 % intervals, at least about 95 % hold the truth; with 200 simulations a true 95 % falls below 91 % once in 200 times, and seeds are fixed.</summary>
public sealed class CoverageTests
{
    private const int Simulations = 200;
    private static readonly MeasureSettings Settings = new(Resamples: 200);

    // Confidence uniform on bin centres from 0.6 to 1; right with that probability less the shift: the binned error is exactly |shift|.
    [Theory]
    [InlineData(0.0, 300)]
    [InlineData(0.05, 300)]
    [InlineData(0.3, 300)]
    [InlineData(0.02, 3000)]
    public void The_interval_of_the_calibration_error_covers(double shift, int rows) => Assert.InRange(Covered((scores, settings) => new ExpectedCalibrationError().Of(scores, settings), shift, rows, shift), 0.91, 1);

    [Fact] // E[-ln p(truth)] of a calibrated model: the mean entropy over the four confidences
    public void The_interval_of_log_loss_covers()
    {
        double truth = Confidences.Average(c => -(c * Math.Log(c)) - ((1 - c) * Math.Log(1 - c)));
        Assert.InRange(Covered((scores, settings) => new LogLoss().Of(scores, settings), 0, 300, truth), 0.91, 1);
    }

    [Fact] // E Σ (p - y)² = 2 c (1 - c)
    public void The_interval_of_the_Brier_score_covers() =>
        Assert.InRange(Covered((scores, settings) => new BrierScore().Of(scores, settings), 0, 300, Confidences.Average(c => 2 * c * (1 - c))), 0.91, 1);

    [Fact] // a class of 8 rows with a recall of 0.95 beside one of 200 with 0.8: a stratified bootstrap has no width for the first two times in three
    public void The_interval_of_balanced_accuracy_covers_where_a_class_is_small()
    {
        int covered = 0;
        for (int s = 0; s < Simulations; s++)
        {
            Philox random = new(7, (ulong)s);
            int[] labels = [.. Enumerable.Repeat(0, 8), .. Enumerable.Repeat(1, 200)];
            double[][] logits = [.. labels.Select((label, i) => random.UniformDoubleAt((ulong)i) < (label == 0 ? 0.95 : 0.8) == (label == 0) ? new[] { 1.0, 0 } : [0, 1.0])];
            if (new BalancedAccuracy().Of(Scores.FromLogits(logits, labels), Settings).Interval!.Value.Contains((0.95 + 0.8) / 2)) covered++;
        }
        Assert.InRange(covered / (double)Simulations, 0.91, 1);
    }

    [Fact] // 3 classes, half of the rows in the first; right with 0.7, otherwise one of the others: the F1s follow from the expected matrix
    public void The_interval_of_macro_F1_covers()
    {
        double[] share = [0.5, 0.3, 0.2];
        double truth = Enumerable.Range(0, 3).Average(c => 2 * share[c] * 0.7 / (share[c] + (share[c] * 0.7) + ((1 - share[c]) * 0.15)));
        int covered = 0;
        for (int s = 0; s < Simulations; s++)
        {
            Philox random = new(11, (ulong)s);
            int[] labels = new int[300];
            double[][] logits = new double[300][];
            for (int i = 0; i < 300; i++)
            {
                double u = random.UniformDoubleAt((ulong)(2 * i)), v = random.UniformDoubleAt((ulong)((2 * i) + 1));
                labels[i] = u < 0.5 ? 0 : u < 0.8 ? 1 : 2;
                logits[i] = new double[3];
                logits[i][v < 0.7 ? labels[i] : v < 0.85 ? (labels[i] + 1) % 3 : (labels[i] + 2) % 3] = 1;
            }
            if (new MacroF1().Of(Scores.FromLogits(logits, labels), Settings).Interval!.Value.Contains(truth)) covered++;
        }
        Assert.InRange(covered / (double)Simulations, 0.91, 1);
    }

    private static readonly double[] Confidences = [9.5 / 15, 10.5 / 15, 12.5 / 15, 14.5 / 15];

    private static double Covered(Func<ClassificationScores, MeasureSettings, Headroom.Evidence.Measurement> measure, double shift, int rows, double truth)
    {
        int covered = 0;
        for (int s = 0; s < Simulations; s++)
        {
            Philox random = new(5, (ulong)s);
            (double, bool)[] drawn = new (double, bool)[rows];
            for (int i = 0; i < rows; i++)
            {
                double confidence = Confidences[(int)(random.UniformDoubleAt((ulong)(2 * i)) * Confidences.Length)];
                drawn[i] = (confidence, random.UniformDoubleAt((ulong)((2 * i) + 1)) < confidence - shift);
            }
            if (measure(Scores.Binary(drawn), Settings with { Seed = s }).Interval!.Value.Contains(truth)) covered++;
        }
        return covered / (double)Simulations;
    }
}
