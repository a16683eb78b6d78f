namespace Headroom.Statistics.Drift;

/// <summary>Bins at a reference's quantiles, open at both ends; edges that fall together are one.</summary>
/// <param name="Inner">The edges between bins, in rising order; a value on an edge lies in the bin above it.</param>
public sealed record QuantileBins(IReadOnlyList<double> Inner)
{
    /// <summary>Bins of equal shares of a reference.</summary>
    /// <param name="reference">At least one value.</param>
    /// <param name="bins">How many.</param>
    public static QuantileBins Of(ReadOnlySpan<double> reference, int bins)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(bins, 1);
        double[] sorted = KolmogorovSmirnov.Sorted(reference);
        // An edge at the least or the greatest value parts nothing from nothing: the outer bins begin there already.
        return new([.. Enumerable.Range(1, bins - 1).Select(i => Quantile(sorted, (double)i / bins)).Distinct().Where(e => e > sorted[0] && e < sorted[^1])]);
    }

    /// <summary>How many values lie in each bin.</summary>
    /// <param name="values">Any.</param>
    public double[] Count(ReadOnlySpan<double> values)
    {
        var counts = new double[Inner.Count + 1];
        double[] edges = [.. Inner];
        foreach (double v in values)
        {
            int at = Array.BinarySearch(edges, v);
            counts[at >= 0 ? at + 1 : ~at]++;
        }
        return counts;
    }

    // Between neighbours by proportion, as numpy has it.
    private static double Quantile(double[] sorted, double share)
    {
        double place = share * (sorted.Length - 1);
        int below = (int)Math.Floor(place);
        return below + 1 >= sorted.Length ? sorted[^1] : sorted[below] + ((sorted[below + 1] - sorted[below]) * (place - below));
    }
}
