using MathNet.Numerics;
using MathNet.Numerics.Distributions;

namespace Headroom.Statistics.Drift;

/// <summary>Whether two samples of numbers lie at one place, or come from one distribution.</summary>
public static class LocationTests
{
    /// <summary>Mann and Whitney's U of the first sample, and p by its normal limit, with ties and continuity corrected.</summary>
    /// <param name="a">One sample.</param>
    /// <param name="b">The other.</param>
    public static (double U, double P) MannWhitney(ReadOnlySpan<double> a, ReadOnlySpan<double> b)
    {
        (double[] ranks, double ties) = Ranks(a, b);
        double n = a.Length, m = b.Length, all = n + m, sum = 0;
        for (int i = 0; i < a.Length; i++) sum += ranks[i];
        double u = sum - (n * (n + 1) / 2), deviation = Math.Sqrt(n * m / 12 * (all + 1 - (ties / (all * (all - 1)))));
        if (deviation == 0) return (u, 1);
        double z = (Math.Max(u, (n * m) - u) - (n * m / 2) - 0.5) / deviation;
        return (u, Math.Min(1, 2 * Normal.CDF(0, 1, -z)));
    }

    /// <summary>Welch's t of two means of unequal variances, and its two-sided p.</summary>
    /// <param name="a">One sample of at least two.</param>
    /// <param name="b">The other.</param>
    public static (double T, double P) Welch(ReadOnlySpan<double> a, ReadOnlySpan<double> b)
    {
        (double meanA, double varianceA) = Moments(a);
        (double meanB, double varianceB) = Moments(b);
        double x = varianceA / a.Length, y = varianceB / b.Length, t = (meanA - meanB) / Math.Sqrt(x + y);
        double freedom = (x + y) * (x + y) / ((x * x / (a.Length - 1)) + (y * y / (b.Length - 1)));
        return (t, 2 * StudentT.CDF(0, 1, freedom, -Math.Abs(t)));
    }

    /// <summary>The two-sample criterion of Cramér and von Mises, and p by its limit.</summary>
    /// <param name="a">One sample.</param>
    /// <param name="b">The other.</param>
    /// <remarks>Anderson, "On the distribution of the two-sample Cramér-von Mises criterion", Annals of Mathematical Statistics 33 (1962).</remarks>
    public static (double Statistic, double P) CramerVonMises(ReadOnlySpan<double> a, ReadOnlySpan<double> b)
    {
        double n = a.Length, m = b.Length, all = n + m;
        (double[] ranks, _) = Ranks(a, b);
        double[] x = ranks[..a.Length], y = ranks[a.Length..];
        Array.Sort(x);
        Array.Sort(y);
        double u = 0;
        for (int i = 0; i < x.Length; i++) u += n * (x[i] - i - 1) * (x[i] - i - 1);
        for (int j = 0; j < y.Length; j++) u += m * (y[j] - j - 1) * (y[j] - j - 1);
        double product = n * m, t = (u / (product * all)) - (((4 * product) - 1) / (6 * all));
        double mean = (1 + (1 / all)) / 6, variance = (all + 1) * ((4 * product * all) - (3 * ((n * n) + (m * m))) - (2 * product)) / (45 * all * all * 4 * product);
        double standard = (1.0 / 6) + ((t - mean) / Math.Sqrt(45 * variance));
        return (t, standard < 0.003 ? 1 : Math.Max(0, 1 - CramerVonMisesLimit(standard)));
    }

    // Csörgő and Faraway, "The exact and asymptotic distributions of Cramér-von Mises statistics", JRSS B 58 (1996), eq. 1.2.
    private static double CramerVonMisesLimit(double x)
    {
        double sum = 0;
        for (int k = 0; k < 200; k++)
        {
            double y = (4.0 * k) + 1, q = y * y / (16 * x);
            double term = Math.Exp(SpecialFunctions.GammaLn(k + 0.5) - SpecialFunctions.GammaLn(k + 1)) / (Math.Pow(Math.PI, 1.5) * Math.Sqrt(x)) * Math.Sqrt(y) * Math.Exp(-q) * SpecialFunctions.BesselK(0.25, q);
            if (!(term > 1e-16 * Math.Max(sum, 1e-300))) break;
            sum += term;
        }
        return sum;
    }

    private static (double Mean, double Variance) Moments(ReadOnlySpan<double> values)
    {
        double mean = 0, squares = 0;
        foreach (double v in values) mean += v / values.Length;
        foreach (double v in values) squares += (v - mean) * (v - mean);
        return (mean, squares / (values.Length - 1));
    }

    /// <summary>Ranks of both samples together, equal values with the mean of theirs; and the sum of <c>t³ - t</c> over groups of t equal ones.</summary>
    private static (double[] Ranks, double Ties) Ranks(ReadOnlySpan<double> a, ReadOnlySpan<double> b)
    {
        double[] all = [.. a, .. b];
        int[] order = [.. Enumerable.Range(0, all.Length)];
        double[] sorted = [.. all];
        Array.Sort(sorted, order);
        var ranks = new double[all.Length];
        double ties = 0;
        for (int from = 0, to; from < sorted.Length; from = to)
        {
            to = from + 1;
            while (to < sorted.Length && sorted[to] == sorted[from]) to++;
            double t = to - from;
            ties += (t * t * t) - t;
            for (int i = from; i < to; i++) ranks[order[i]] = (from + to + 1) / 2.0;
        }
        return (ranks, ties);
    }
}
