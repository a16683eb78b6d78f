using Headroom.Evidence;

namespace Headroom.Evaluation.Classification;

/// <summary>The mean of -ln p(true class), in nats; a probability below <see cref="Floor"/> counts as that, so one row costs at most 34.5.</summary>
/// <remarks>From logits it is computed by log-sum-exp, so nothing is lost before the floor.</remarks>
public sealed class LogLoss : IMeasure<ClassificationScores>
{
    public const double Floor = 1e-15;

    public string Name => "log_loss";

    public Measurement Of(ClassificationScores scores, MeasureSettings settings)
    {
        double[] losses = new double[scores.Rows];
        // Minus zero is no loss.
        for (int row = 0; row < losses.Length; row++) losses[row] = Math.Max(0, -Math.Max(scores.LogLikelihood[row], Math.Log(Floor)));
        return MeanOfRows.Measure(Name, losses, "nats", "mean of -ln p(true class), p not below 1e-15", settings);
    }
}
