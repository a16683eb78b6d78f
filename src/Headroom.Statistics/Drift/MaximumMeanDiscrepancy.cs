namespace Headroom.Statistics.Drift;

/// <summary>The squared distance of two samples' mean embeddings under a Gaussian kernel: 0 where they come from one distribution, whatever their dimension.</summary>
/// <param name="Unbiased">Below 0 at times, by chance.</param>
/// <param name="Biased">Never below 0.</param>
/// <remarks>Gretton et al., "A Kernel Two-Sample Test", JMLR 13 (2012), equations 3 and 5; <c>k(x, y) = exp(-|x - y|² / (2 s²))</c>.</remarks>
public readonly record struct MaximumMeanDiscrepancy(double Unbiased, double Biased)
{
    /// <summary>Of two samples.</summary>
    /// <param name="x">Rows, at least two.</param>
    /// <param name="y">Rows of as many features, at least two.</param>
    /// <param name="width">s of the kernel; <see cref="MedianWidth"/> is usual.</param>
    public static MaximumMeanDiscrepancy Of(IReadOnlyList<double[]> x, IReadOnlyList<double[]> y, double width)
    {
        ArgumentNullException.ThrowIfNull(x);
        ArgumentNullException.ThrowIfNull(y);
        double scale = -1 / (2 * width * width), n = x.Count, m = y.Count;
        (double xx, double yy, double xy) = (Sum(x, x, scale), Sum(y, y, scale), Sum(x, y, scale));
        // Each row is with itself at distance 0, where the kernel is 1.
        return new(((xx - n) / (n * (n - 1))) + ((yy - m) / (m * (m - 1))) - (2 * xy / (n * m)), (xx / (n * n)) + (yy / (m * m)) - (2 * xy / (n * m)));
    }

    /// <summary>The median distance of two rows out of both samples together.</summary>
    /// <param name="x">Rows.</param>
    /// <param name="y">Rows.</param>
    public static double MedianWidth(IReadOnlyList<double[]> x, IReadOnlyList<double[]> y)
    {
        double[][] all = [.. x, .. y];
        List<double> distances = [];
        for (int i = 0; i < all.Length; i++) for (int j = i + 1; j < all.Length; j++) distances.Add(Math.Sqrt(Squared(all[i], all[j])));
        distances.Sort();
        int half = distances.Count / 2;
        return distances.Count % 2 == 1 ? distances[half] : (distances[half - 1] + distances[half]) / 2;
    }

    private static double Sum(IReadOnlyList<double[]> x, IReadOnlyList<double[]> y, double scale)
    {
        double sum = 0;
        foreach (double[] a in x) foreach (double[] b in y) sum += Math.Exp(scale * Squared(a, b));
        return sum;
    }

    private static double Squared(double[] a, double[] b)
    {
        double sum = 0;
        for (int i = 0; i < a.Length; i++) sum += (a[i] - b[i]) * (a[i] - b[i]);
        return sum;
    }
}
