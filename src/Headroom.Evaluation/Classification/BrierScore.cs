using Headroom.Evidence;

namespace Headroom.Evaluation.Classification;

/// <summary>The mean over rows of Σ (p - y)² over the classes, y being 1 for the true class and 0 for the others: 0 is perfect, 2 is sure and wrong.</summary>
/// <remarks>Brier, Monthly Weather Review 78, 1950, eq. 2: the sum over classes. For two classes it is twice the form that looks at one of them.</remarks>
public sealed class BrierScore : IMeasure<ClassificationScores>
{
    public string Name => "brier";

    public Measurement Of(ClassificationScores scores, MeasureSettings settings)
    {
        double[] rows = new double[scores.Rows];
        for (int row = 0; row < rows.Length; row++)
        {
            ReadOnlySpan<double> p = scores.Probabilities(row);
            int truth = scores.Labels[row];
            for (int c = 0; c < p.Length; c++)
            {
                double difference = c == truth ? 1 - p[c] : p[c];
                rows[row] += difference * difference;
            }
        }
        return MeanOfRows.Measure(Name, rows, "score", "mean of the squared error summed over classes, 0 to 2", settings);
    }
}
