using MathNet.Numerics.Distributions;

namespace Headroom.Statistics;

/// <summary>An interval for the median of independent values, whatever their distribution: for times on a machine that others use too, where a mean follows the one slow run.</summary>
/// <remarks>From the d-th value to the d-th from above the coverage is 1 - 2 P(Bin(n, 1/2) &lt; d); between the two values of d that enclose the confidence it is interpolated as by
/// Hettmansperger and Sheather, Statistics and Probability Letters 4 (1986) 75-79. Fewer values than <see cref="FewestFor"/> can't reach the confidence: the interval is their range then.</remarks>
public static class MedianInterval
{
    /// <summary>The method in words, for a measurement.</summary>
    public const string Method = "interpolated order-statistic interval of the median";

    /// <param name="values">At least one, in any order.</param>
    /// <param name="confidence">Between 0 and 1.</param>
    public static (double Low, double High) Of(ReadOnlySpan<double> values, double confidence = 0.95)
    {
        _ = Confidence.UpperTail(confidence);
        Descriptive.ThrowIfEmpty(values.Length);
        double[] sorted = values.ToArray();
        Array.Sort(sorted);
        int n = sorted.Length, d = 1;
        if (Coverage(n, d) < confidence) return (sorted[0], sorted[^1]);
        while (2 * (d + 1) <= n && Coverage(n, d + 1) >= confidence) d++;
        if (2 * (d + 1) > n) return (sorted[d - 1], sorted[n - d]);
        double outer = Coverage(n, d), share = (outer - confidence) / (outer - Coverage(n, d + 1));
        double inward = (n - d) * share / (d + ((n - (2 * d)) * share));
        return (Between(sorted[d - 1], sorted[d]), Between(sorted[n - d], sorted[n - d - 1]));

        double Between(double from, double to) => ((1 - inward) * from) + (inward * to);
    }

    /// <summary>How many values it takes for the confidence: 6 for 0.95.</summary>
    public static int FewestFor(double confidence = 0.95)
    {
        _ = Confidence.UpperTail(confidence);
        int n = 1;
        while (Coverage(n, 1) < confidence) n++;
        return n;
    }

    /// <summary>The probability that the median lies between the d-th value and the d-th from above.</summary>
    private static double Coverage(int n, int d) => 1 - (2 * Binomial.CDF(0.5, n, d - 1));
}
