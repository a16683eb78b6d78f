namespace Headroom.Statistics;

/// <summary>Quantiles by linear interpolation between order statistics: definition 7 of Hyndman and Fan (The American Statistician 50, 1996), as R and NumPy have it.</summary>
public static class Quantiles
{
    /// <summary>The quantile of values in any order; a copy is sorted.</summary>
    /// <param name="values">At least one; NaN counts as the least, as .NET sorts it.</param>
    /// <param name="probability">0 (the least) to 1 (the greatest).</param>
    public static double Of(ReadOnlySpan<double> values, double probability)
    {
        double[] sorted = values.ToArray();
        Array.Sort(sorted);
        return OfSorted(sorted, probability);
    }

    /// <summary>The middle value, or the mean of the two middle ones.</summary>
    public static double Median(ReadOnlySpan<double> values) => Of(values, 0.5);

    /// <summary>The quantile of values that ascend already.</summary>
    public static double OfSorted(ReadOnlySpan<double> sorted, double probability)
    {
        Descriptive.ThrowIfEmpty(sorted.Length);
        if (!(probability is >= 0 and <= 1)) throw new ArgumentOutOfRangeException(nameof(probability), probability, "A probability lies between 0 and 1.");
        double at = probability * (sorted.Length - 1);
        int below = (int)at;
        double fraction = at - below;
        return fraction == 0 ? sorted[below] : sorted[below] + (fraction * (sorted[below + 1] - sorted[below]));
    }
}
