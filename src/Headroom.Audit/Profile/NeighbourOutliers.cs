namespace Headroom.Audit.Profile;

/// <summary>How far a row lies from its nearest neighbours, as a score in (0, 1]: low is far out.</summary>
/// <remarks><c>exp(-d / median d)</c> of the mean distance d to so many neighbours; by the cosine where rows have more than three features, else Euclid's. As cleanlab scores it (Kuan and Mueller, "Back to the Basics: Revisiting Out-of-Distribution Detection Baselines", 2022).</remarks>
public static class NeighbourOutliers
{
    private const int MostEuclidean = 3;

    // Of the median, where all rows lie on each other.
    private const double LeastScale = 100 * 2.220446049250313e-16;

    /// <summary>Scores rows.</summary>
    /// <param name="rows">Of as many features each; at least one row more than neighbours.</param>
    /// <param name="neighbours">How many are taken, at least 1.</param>
    public static double[] Scores(IReadOnlyList<double[]> rows, int neighbours)
    {
        ArgumentNullException.ThrowIfNull(rows);
        ArgumentOutOfRangeException.ThrowIfLessThan(neighbours, 1);
        if (rows.Count <= neighbours) throw new ArgumentException($"{rows.Count} rows have no {neighbours} neighbours", nameof(rows));
        bool cosine = rows[0].Length > MostEuclidean;
        double[] norms = [.. rows.Select(r => Math.Sqrt(r.Sum(x => x * x)))];
        var mean = new double[rows.Count];
        Parallel.For(0, rows.Count, i =>
        {
            var distances = new double[rows.Count - 1];
            for (int j = 0, at = 0; j < rows.Count; j++) if (j != i) distances[at++] = cosine ? Cosine(rows[i], rows[j], norms[i] * norms[j]) : Euclid(rows[i], rows[j]);
            Array.Sort(distances);
            for (int k = 0; k < neighbours; k++) mean[i] += distances[k] / neighbours;
        });
        double[] sorted = [.. mean.Order()];
        int half = sorted.Length / 2;
        double scale = Math.Max(sorted.Length % 2 == 1 ? sorted[half] : (sorted[half - 1] + sorted[half]) / 2, LeastScale);
        return [.. mean.Select(d => Math.Exp(-d / scale))];
    }

    private static double Cosine(double[] a, double[] b, double norms)
    {
        double product = 0;
        for (int i = 0; i < a.Length; i++) product += a[i] * b[i];
        return norms == 0 ? 1 : 1 - (product / norms);
    }

    private static double Euclid(double[] a, double[] b)
    {
        double sum = 0;
        for (int i = 0; i < a.Length; i++) sum += (a[i] - b[i]) * (a[i] - b[i]);
        return Math.Sqrt(sum);
    }
}
