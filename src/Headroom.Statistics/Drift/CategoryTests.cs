using MathNet.Numerics;

namespace Headroom.Statistics.Drift;

/// <summary>Whether two tables of counts over the same categories come from one distribution.</summary>
public static class CategoryTests
{
    // Counts whose probability is this near to the observed one's are as unlikely.
    private const double Tie = 1 + 1e-7;

    /// <summary>Pearson's chi-square of both tables together; categories that neither has are left out.</summary>
    /// <param name="a">Counts.</param>
    /// <param name="b">Counts.</param>
    /// <param name="yates">Whether two categories are corrected for continuity (Yates).</param>
    /// <returns>The statistic, degrees of freedom and p.</returns>
    public static (double Statistic, int Freedom, double P) ChiSquare(ReadOnlySpan<double> a, ReadOnlySpan<double> b, bool yates = true) => Contingency(a, b, yates, (observed, expected) => (observed - expected) * (observed - expected) / expected);

    /// <summary>Pearson's chi-square of the current counts against the reference's shares, as evidently tests: it takes the reference for exact, and so finds drift too often. <see cref="ChiSquare"/> doesn't.</summary>
    /// <param name="reference">Counts.</param>
    /// <param name="current">Counts.</param>
    /// <param name="likelihood">Whether the likelihood ratio takes chi-square's place.</param>
    public static double ReferenceAsExactP(ReadOnlySpan<double> reference, ReadOnlySpan<double> current, bool likelihood = false)
    {
        double n = 0, m = 0, sum = 0;
        foreach (double x in reference) n += x;
        foreach (double x in current) m += x;
        for (int i = 0; i < reference.Length; i++)
        {
            double expected = reference[i] / n * m;
            if (expected == 0)
            {
                if (current[i] > 0) return 0;
                continue;
            }
            sum += !likelihood ? (current[i] - expected) * (current[i] - expected) / expected : current[i] == 0 ? 0 : 2 * current[i] * Math.Log(current[i] / expected);
        }
        return Above(sum, Math.Max(1, reference.Length - 1));
    }

    /// <summary>The likelihood ratio of the same.</summary>
    /// <param name="a">Counts.</param>
    /// <param name="b">Counts.</param>
    /// <returns>The statistic, degrees of freedom and p.</returns>
    public static (double Statistic, int Freedom, double P) LikelihoodRatio(ReadOnlySpan<double> a, ReadOnlySpan<double> b) => Contingency(a, b, yates: true, (observed, expected) => observed == 0 ? 0 : 2 * observed * Math.Log(observed / expected));

    /// <summary>Fisher's exact test of two categories: the probability of all tables with the same margins that are as unlikely as this one.</summary>
    /// <param name="a">Two counts.</param>
    /// <param name="b">Two counts.</param>
    public static double FisherExact((int First, int Second) a, (int First, int Second) b)
    {
        int row = a.First + a.Second, column = a.First + b.First, all = row + b.First + b.Second;
        double Log(int x) => SpecialFunctions.BinomialLn(column, x) + SpecialFunctions.BinomialLn(all - column, row - x) - SpecialFunctions.BinomialLn(all, row);
        double here = Math.Exp(Log(a.First)), sum = 0;
        for (int x = Math.Max(0, row + column - all); x <= Math.Min(row, column); x++)
        {
            double p = Math.Exp(Log(x));
            if (p <= here * Tie) sum += p;
        }
        return Math.Min(1, sum);
    }

    // By the upper integral, so that a small p keeps its digits.
    private static double Above(double statistic, int freedom) => SpecialFunctions.GammaUpperRegularized(freedom / 2.0, statistic / 2);

    private static (double, int, double) Contingency(ReadOnlySpan<double> a, ReadOnlySpan<double> b, bool yates, Func<double, double, double> of)
    {
        if (a.Length != b.Length) throw new ArgumentException($"one table has {a.Length} categories, the other {b.Length}", nameof(b));
        double n = 0, m = 0, sum = 0;
        foreach (double x in a) n += x;
        foreach (double x in b) m += x;
        int categories = 0;
        for (int i = 0; i < a.Length; i++) categories += a[i] + b[i] > 0 ? 1 : 0;
        bool corrected = yates && categories == 2;
        for (int i = 0; i < a.Length; i++)
        {
            double column = a[i] + b[i];
            if (column == 0) continue;
            sum += Cell(a[i], n * column / (n + m)) + Cell(b[i], m * column / (n + m));
        }
        int freedom = Math.Max(0, categories - 1);
        return (sum, freedom, freedom == 0 ? 1 : Above(sum, freedom));

        double Cell(double observed, double expected)
        {
            if (corrected) observed += Math.Sign(expected - observed) * Math.Min(0.5, Math.Abs(expected - observed));
            return of(observed, expected);
        }
    }
}
