namespace Headroom.Statistics.Drift;

/// <summary>How far two tables of counts over the same categories lie apart.</summary>
public static class CategoryDistances
{
    /// <summary>Total variation: half the sum of the shares' differences, 0 to 1.</summary>
    /// <param name="a">Counts.</param>
    /// <param name="b">Counts of the same categories.</param>
    public static double TotalVariation(ReadOnlySpan<double> a, ReadOnlySpan<double> b) => Sum(a, b, (p, q) => Math.Abs(p - q)) / 2;

    /// <summary>Hellinger's distance, 0 to 1.</summary>
    /// <param name="a">Counts.</param>
    /// <param name="b">Counts of the same categories.</param>
    public static double Hellinger(ReadOnlySpan<double> a, ReadOnlySpan<double> b) => Math.Sqrt(Sum(a, b, (p, q) => (Math.Sqrt(p) - Math.Sqrt(q)) * (Math.Sqrt(p) - Math.Sqrt(q))) / 2);

    /// <summary>The root of Jensen and Shannon's divergence, a metric.</summary>
    /// <param name="a">Counts.</param>
    /// <param name="b">Counts of the same categories.</param>
    /// <param name="logBase">2 keeps it in [0, 1]; e is what others often take.</param>
    public static double JensenShannon(ReadOnlySpan<double> a, ReadOnlySpan<double> b, double logBase = Math.E)
        => Math.Sqrt(Math.Max(0, Sum(a, b, (p, q) => (Term(p, (p + q) / 2) + Term(q, (p + q) / 2)) / 2) / Math.Log(logBase)));

    /// <summary>Kullback and Leibler's divergence of the first from the second, in nats; infinite where the second lacks what the first has.</summary>
    /// <param name="a">Counts.</param>
    /// <param name="b">Counts of the same categories.</param>
    public static double KullbackLeibler(ReadOnlySpan<double> a, ReadOnlySpan<double> b) => Sum(a, b, Term);

    /// <summary>The population stability index: the divergences both ways, summed. Shares of none are taken for a small one.</summary>
    /// <param name="reference">Counts.</param>
    /// <param name="current">Counts of the same categories.</param>
    /// <param name="least">What stands for a share of none.</param>
    public static double PopulationStability(ReadOnlySpan<double> reference, ReadOnlySpan<double> current, double least = 1e-4)
        => Sum(reference, current, (p, q) => ((q > 0 ? q : least) - (p > 0 ? p : least)) * Math.Log((q > 0 ? q : least) / (p > 0 ? p : least)));

    private static double Term(double p, double q) => p == 0 ? 0 : q == 0 ? double.PositiveInfinity : p * Math.Log(p / q);

    private static double Sum(ReadOnlySpan<double> a, ReadOnlySpan<double> b, Func<double, double, double> of)
    {
        if (a.Length != b.Length) throw new ArgumentException($"one table has {a.Length} categories, the other {b.Length}", nameof(b));
        double n = 0, m = 0, sum = 0;
        foreach (double x in a) n += x;
        foreach (double x in b) m += x;
        for (int i = 0; i < a.Length; i++) sum += of(a[i] / n, b[i] / m);
        return sum;
    }
}
