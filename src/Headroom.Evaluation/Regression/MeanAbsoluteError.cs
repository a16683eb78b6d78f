using Headroom.Evidence;

namespace Headroom.Evaluation.Regression;

/// <summary>The mean of |prediction - target|, in the target's unit.</summary>
public sealed class MeanAbsoluteError : IMeasure<RegressionScores>
{
    public string Name => "mae";

    public Measurement Of(RegressionScores scores, MeasureSettings settings)
    {
        double[] errors = new double[scores.Rows];
        for (int row = 0; row < errors.Length; row++) errors[row] = Math.Abs(scores.Predictions[row] - scores.Targets[row]);
        return MeanOfRows.Measure(Name, errors, scores.Unit, "mean of |prediction - target|", settings);
    }
}
