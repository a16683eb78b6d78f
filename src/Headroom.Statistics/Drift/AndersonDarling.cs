using MathNet.Numerics;

namespace Headroom.Statistics.Drift;

/// <summary>The two-sample test of Anderson and Darling, which weighs the tails more than Kolmogorov and Smirnov's.</summary>
/// <remarks>Scholz and Stephens, "K-sample Anderson-Darling tests", JASA 82 (1987): the statistic with ties at mid-rank (eq. 7), its variance, and the critical values of table 1, between which p is read by a parabola of its logarithm.</remarks>
public static class AndersonDarling
{
    private static readonly double[] B0 = [0.675, 1.281, 1.645, 1.96, 2.326, 2.573, 3.085], B1 = [-0.245, 0.25, 0.678, 1.149, 1.822, 2.364, 3.615], B2 = [-0.105, -0.305, -0.362, -0.391, -0.396, -0.345, -0.154];
    private static readonly double[] Levels = [0.25, 0.1, 0.05, 0.025, 0.01, 0.005, 0.001];

    /// <summary>The standardised statistic, and p within what the table spans, 0.001 to 0.25.</summary>
    /// <param name="a">One sample.</param>
    /// <param name="b">The other.</param>
    /// <exception cref="ArgumentException">Fewer than four values, or all are one.</exception>
    public static (double Statistic, double P) Test(ReadOnlySpan<double> a, ReadOnlySpan<double> b)
    {
        double[][] samples = [KolmogorovSmirnov.Sorted(a), KolmogorovSmirnov.Sorted(b)];
        double[] all = KolmogorovSmirnov.Sorted([.. a, .. b]), distinct = [.. all.Distinct()];
        int n = all.Length;
        if (n < 4 || distinct.Length < 2 || a.IsEmpty || b.IsEmpty) throw new ArgumentException("two samples of four values together are needed, not all the same", nameof(a));
        double sum = samples.Sum(s => Inner(s, all, distinct) / s.Length) * (n - 1) / n;
        double statistic = (sum - 1) / Math.Sqrt(Variance(samples, n));
        double[] critical = [.. B0.Select((x, i) => x + B1[i] + B2[i])];
        double[] line = Fit.Polynomial(critical, [.. Levels.Select(l => Math.Log(l))], 2);
        return (statistic, Math.Clamp(Math.Exp(Polynomial.Evaluate(statistic, line)), Levels[^1], Levels[0]));
    }

    private static double Inner(double[] sample, double[] all, double[] distinct)
    {
        double n = all.Length, sum = 0;
        foreach (double z in distinct)
        {
            (double left, double right) = (Below(all, z), NotAbove(all, z));
            double ties = right - left, place = left + (ties / 2);
            (double low, double high) = (Below(sample, z), NotAbove(sample, z));
            double own = high - ((high - low) / 2), off = (n * own) - (place * sample.Length);
            sum += ties / n * off * off / ((place * (n - place)) - (n * ties / 4));
        }
        return sum;
    }

    private static double Variance(double[][] samples, double n)
    {
        const double k = 2;
        double inverse = samples.Sum(s => 1.0 / s.Length), h = 1, g = 0;
        // h sums 1/i below n; g sums it over the place as well.
        double running = 0;
        for (int i = 1; i <= (int)n - 2; i++)
        {
            running += 1 / (n - i);
            g += running / (i + 1);
        }
        h += running;
        double a = (((4 * g) - 6) * (k - 1)) + ((10 - (6 * g)) * inverse);
        double b = (((2 * g) - 4) * k * k) + (8 * h * k) + (((2 * g) - (14 * h) - 4) * inverse) - (8 * h) + (4 * g) - 6;
        double c = (((6 * h) + (2 * g) - 2) * k * k) + (((4 * h) - (4 * g) + 6) * k) + (((2 * h) - 6) * inverse) + (4 * h);
        double d = (((2 * h) + 6) * k * k) - (4 * h * k);
        return ((a * n * n * n) + (b * n * n) + (c * n) + d) / ((n - 1) * (n - 2) * (n - 3));
    }

    private static int Below(double[] sorted, double z)
    {
        int low = 0, high = sorted.Length;
        while (low < high)
        {
            int middle = (low + high) / 2;
            if (sorted[middle] < z) low = middle + 1;
            else high = middle;
        }
        return low;
    }

    private static int NotAbove(double[] sorted, double z) => Below(sorted, Math.BitIncrement(z));
}
