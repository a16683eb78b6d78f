using Headroom.Evidence;

namespace Headroom.Evaluation.Drawing;

/// <summary>What is known of pictures that a network drew, each for a class that was asked for.</summary>
/// <param name="Asked">Classes asked for, <c>[rows]</c>.</param>
/// <param name="Seen">What a classifier takes the pictures for, <c>[rows]</c>; null where there is no classifier.</param>
/// <param name="Nearest">Root mean square distance of each to the nearest training picture, in units of a pixel's whole range, <c>[rows]</c>.</param>
/// <param name="NearestReal">The same of real pictures that were not trained on.</param>
/// <param name="Deviations">For each class with two pictures or more, how far drawn pictures lie from their mean over how far real ones do.</param>
/// <param name="Classifier">What saw them, in words.</param>
public sealed record DrawnScores(ReadOnlyMemory<int> Asked, ReadOnlyMemory<int>? Seen, ReadOnlyMemory<double> Nearest, ReadOnlyMemory<double> NearestReal, ReadOnlyMemory<double> Deviations, string Classifier)
{
    /// <summary>From pictures, all <c>[rows, pixels]</c> with pixels from 0 to 1.</summary>
    /// <exception cref="InputException">A number is not finite, or nothing was drawn.</exception>
    public static DrawnScores Of(float[] drawn, int[] asked, float[] real, int[] realLabels, float[] training, int pixels, int[]? seen, string classifier)
    {
        if (asked.Length == 0) throw new InputException("samples", "no pictures were drawn.", "Give evaluate.samples 1 or more.");
        int broken = Array.FindIndex(drawn, v => !float.IsFinite(v));
        if (broken >= 0) throw new InputException("samples", $"picture {broken / pixels} has pixels that are no numbers.", "The network diverged: train again with a lower learning rate.");
        return new DrawnScores(asked, seen, NearestPictures.Distances(drawn, training, pixels), NearestPictures.Distances(real, training, pixels), Spread(drawn, asked, real, realLabels, pixels), classifier);
    }

    private static double[] Spread(float[] drawn, int[] asked, float[] real, int[] realLabels, int pixels) =>
    [
        .. asked.Distinct().Order().Select(c => (Drawn: Deviation(drawn, asked, c, pixels), Real: Deviation(real, realLabels, c, pixels)))
            .Where(d => d is { Drawn: not null, Real: > 0 }).Select(d => d.Drawn!.Value / d.Real!.Value),
    ];

    /// <summary>Root of the mean variance of a class's pixels; null for fewer than two pictures.</summary>
    private static double? Deviation(float[] pictures, int[] labels, int label, int pixels)
    {
        int[] rows = [.. Enumerable.Range(0, labels.Length).Where(i => labels[i] == label)];
        if (rows.Length < 2) return null;
        double sum = 0;
        for (int p = 0; p < pixels; p++)
        {
            double mean = rows.Average(r => (double)pictures[r * pixels + p]);
            sum += rows.Sum(r => Math.Pow(pictures[r * pixels + p] - mean, 2)) / (rows.Length - 1);
        }
        return Math.Sqrt(sum / pixels);
    }
}
