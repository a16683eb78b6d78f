namespace Headroom.Statistics.Drift;

/// <summary>Bins of equal width over all of two samples, as many as Sturges' rule gives for both together.</summary>
public static class PooledBins
{
    /// <summary>The counts of both samples over the same bins.</summary>
    /// <param name="a">One sample.</param>
    /// <param name="b">The other.</param>
    /// <remarks>Sturges, "The choice of a class interval", 1926; as numpy's <c>histogram_bin_edges(bins="sturges")</c>, which evidently bins by.</remarks>
    public static (double[] A, double[] B) Count(ReadOnlySpan<double> a, ReadOnlySpan<double> b)
    {
        double[] all = KolmogorovSmirnov.Sorted([.. a, .. b]);
        double least = all[0], range = all[^1] - least;
        int bins = range == 0 ? 1 : (int)Math.Ceiling(range / (range / (Math.Log2(all.Length) + 1)));
        return (Counts(a), Counts(b));

        double[] Counts(ReadOnlySpan<double> values)
        {
            var counts = new double[bins];
            foreach (double v in values) counts[range == 0 ? 0 : Math.Min(bins - 1, Bin(v))]++;
            return counts;
        }

        // By the edges as numpy rounds them, so that a value on one lies where others put it.
        int Bin(double v)
        {
            double step = range / bins;
            int at = Math.Clamp((int)((v - least) / step), 0, bins - 1);
            while (at > 0 && v < least + (at * step)) at--;
            while (at < bins - 1 && v >= least + ((at + 1) * step)) at++;
            return at;
        }
    }
}
