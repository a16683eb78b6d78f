using Headroom.Evidence;
using Headroom.Statistics;

namespace Headroom.Evaluation.Classification;

/// <summary>The mean of the classes' recalls: accuracy as if each class had as many rows. A class without rows is left out.</summary>
/// <remarks>
/// Brodersen et al., ICPR 2010. The interval takes the classes' row counts as given, as a stratified bootstrap would, but such a bootstrap has no width where
/// a small class is all right or all wrong. MOVER (Zou and Donner, Statistics in Medicine 27, 2008, eq. 5) adds up the squared distances from each recall
/// to the ends of its Wilson interval, and covers there too.
/// </remarks>
public sealed class BalancedAccuracy : IMeasure<ClassificationScores>
{
    public string Name => "balanced_accuracy";

    public Measurement Of(ClassificationScores scores, MeasureSettings settings)
    {
        ConfusionMatrix matrix = ConfusionMatrix.Of(scores);
        double sum = 0, below = 0, above = 0;
        int present = 0;
        for (int c = 0; c < matrix.Classes; c++)
        {
            long hits = matrix[c, c], rows = matrix.TrueRows(c);
            if (rows == 0) continue;
            double recall = (double)hits / rows;
            (double low, double high) = WilsonInterval.Of(hits, rows, settings.Confidence);
            (sum, below, above, present) = (sum + recall, below + ((recall - low) * (recall - low)), above + ((high - recall) * (high - recall)), present + 1);
        }
        double value = sum / present;
        Interval interval = new(Math.Max(0, value - (Math.Sqrt(below) / present)), Math.Min(1, value + (Math.Sqrt(above) / present)));
        return new Measurement(Name, value, "fraction", interval, $"mean recall of {present} classes{Missing(scores.Classes.Count - present)}; MOVER of their Wilson intervals", scores.Rows);
    }

    private static string Missing(int classes) => classes == 0 ? "" : $", {classes} without test rows left out";
}
