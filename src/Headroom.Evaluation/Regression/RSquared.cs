using Headroom.Evidence;
using Headroom.Statistics;

namespace Headroom.Evaluation.Regression;

/// <summary>1 - Σ(prediction - target)² / Σ(target - mean target)²: 1 is perfect, 0 is no better than the mean, below is worse. Undefined where all targets are equal.</summary>
public sealed class RSquared : IMeasure<RegressionScores>
{
    public string Name => "r2";

    public Measurement? Of(RegressionScores scores, MeasureSettings settings)
    {
        int rows = scores.Rows;
        if (rows < 2 || !scores.Targets.ContainsAnyExcept(scores.Targets[0])) return null;
        double mean = Descriptive.Mean(scores.Targets);
        double[] errors = new double[rows], centred = new double[rows];
        for (int row = 0; row < rows; row++)
        {
            centred[row] = scores.Targets[row] - mean;
            errors[row] = (scores.Predictions[row] - scores.Targets[row]) * (scores.Predictions[row] - scores.Targets[row]);
        }
        int[] ones = new int[rows];
        Array.Fill(ones, 1);
        Interval? interval = Bootstrap.OfWeights(rows, Determination, settings.Confidence, settings.ResamplesFor(rows), settings.Seed).ToInterval();
        return new Measurement(Name, Determination(ones), "fraction", interval, $"1 - residual / total sum of squares; {settings.BootstrapMethod(rows)}", rows);

        // NaN for a resample whose targets are all equal: the bootstrap leaves it out.
        double Determination(ReadOnlySpan<int> weights)
        {
            double residual = 0, sum = 0, squares = 0;
            long count = 0;
            for (int row = 0; row < weights.Length; row++)
            {
                double c = weights[row] * centred[row];
                (residual, sum, squares, count) = (residual + (weights[row] * errors[row]), sum + c, squares + (c * centred[row]), count + weights[row]);
            }
            double total = squares - (sum * sum / count);
            return total > 0 ? 1 - (residual / total) : double.NaN;
        }
    }
}
