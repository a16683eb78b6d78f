using Headroom.Evidence;

namespace Headroom.Evaluation.Regression;

/// <summary>The square root of the mean of (prediction - target)², in the target's unit; its interval is that of the mean, rooted.</summary>
public sealed class RootMeanSquaredError : IMeasure<RegressionScores>
{
    public string Name => "rmse";

    public Measurement Of(RegressionScores scores, MeasureSettings settings)
    {
        double[] squares = new double[scores.Rows];
        for (int row = 0; row < squares.Length; row++) squares[row] = (scores.Predictions[row] - scores.Targets[row]) * (scores.Predictions[row] - scores.Targets[row]);
        Measurement mean = MeanOfRows.Measure(Name, squares, scores.Unit, "root of the mean of (prediction - target)²", settings);
        return mean with { Value = Math.Sqrt(mean.Value), Interval = mean.Interval is Interval i ? new Interval(Math.Sqrt(i.Low), Math.Sqrt(i.High)) : null };
    }
}
