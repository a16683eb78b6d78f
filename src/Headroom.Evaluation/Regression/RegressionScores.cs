using System.Numerics;
using Headroom.Evidence;

namespace Headroom.Evaluation.Regression;

/// <summary>Predicted and true numbers, row by row.</summary>
public sealed class RegressionScores
{
    private readonly double[] predictions, targets;

    private RegressionScores(double[] predictions, double[] targets, string unit) => (this.predictions, this.targets, Unit) = (predictions, targets, unit);

    public int Rows => targets.Length;

    /// <summary>The target's unit.</summary>
    public string Unit { get; }

    /// <summary><c>[rows]</c></summary>
    public ReadOnlySpan<double> Predictions => predictions;

    /// <summary><c>[rows]</c></summary>
    public ReadOnlySpan<double> Targets => targets;

    /// <summary>From predictions and targets, both <c>[rows]</c>.</summary>
    /// <exception cref="InputException">A number is not finite, the lengths differ, or there are no rows.</exception>
    public static RegressionScores Of<T>(ReadOnlySpan<T> predictions, ReadOnlySpan<T> targets, string unit = "target units", string source = "model output")
        where T : IFloatingPointIeee754<T>
    {
        if (targets.Length == 0) throw new InputException(source, "there are no rows to evaluate.", "Give a test split with rows in it.");
        if (predictions.Length != targets.Length)
        {
            throw new InputException(source, $"{predictions.Length} predictions for {targets.Length} rows.", "The model must have one output a row.");
        }
        return new RegressionScores(Finite(predictions, source, "prediction"), Finite(targets, "targets", "target"), unit);
    }

    private static double[] Finite<T>(ReadOnlySpan<T> values, string source, string what)
        where T : IFloatingPointIeee754<T>
    {
        double[] result = new double[values.Length];
        for (int row = 0; row < result.Length; row++)
        {
            result[row] = double.CreateChecked(values[row]);
            if (!double.IsFinite(result[row]))
            {
                throw new InputException($"{source}, row {row}", FormattableString.Invariant($"the {what} is {result[row]}."), "Leave the row out, or train the model again.");
            }
        }
        return result;
    }
}
