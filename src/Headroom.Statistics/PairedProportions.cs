using MathNet.Numerics.Distributions;

namespace Headroom.Statistics;

/// <summary>Two classifiers on the same rows: what counts is the rows that only one of them has right.</summary>
public static class PairedProportions
{
    public const string DifferenceMethod = "Agresti-Min adjusted Wald interval of a paired difference";

    public const string McNemarMethod = "McNemar's test, exact, mid-p";

    /// <summary>The two-sided p-value that both are equally accurate, from the binomial distribution at 1/2.</summary>
    /// <param name="onlyFirst">Rows that only the first has right.</param>
    /// <param name="onlySecond">Rows that only the second has right.</param>
    /// <param name="mid">Whether half the probability of what was seen is left out (Fagerland et al., BMC Med. Res. Methodol. 13:91, 2013), which keeps the level near nominal.</param>
    public static double McNemar(int onlyFirst, int onlySecond, bool mid = true)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(onlyFirst);
        ArgumentOutOfRangeException.ThrowIfNegative(onlySecond);
        int n = checked(onlyFirst + onlySecond), least = Math.Min(onlyFirst, onlySecond);
        if (n == 0) return 1;
        double seen = Binomial.PMF(0.5, n, least);
        double twice = 2 * Binomial.CDF(0.5, n, least);
        return Math.Clamp(mid ? twice - seen : twice, 0, 1);
    }

    /// <summary>The difference of accuracies, first minus second: half a row added to each of the four cells, then Wald (Agresti and Min, Statistics in Medicine 24, 2005).</summary>
    public static (double Low, double High) Difference(long both, long onlyFirst, long onlySecond, long neither, double confidence = 0.95)
    {
        foreach (long count in (ReadOnlySpan<long>)[both, onlyFirst, onlySecond, neither]) ArgumentOutOfRangeException.ThrowIfNegative(count);
        double n = both + onlyFirst + onlySecond + neither + 2.0, b = (onlyFirst + 0.5) / n, c = (onlySecond + 0.5) / n;
        double half = Confidence.Z(confidence) * Math.Sqrt((b + c - ((b - c) * (b - c))) / n);
        return (Math.Max(-1, b - c - half), Math.Min(1, b - c + half));
    }
}
