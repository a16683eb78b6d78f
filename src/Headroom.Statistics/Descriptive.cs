namespace Headroom.Statistics;

/// <summary>Mean, spread and shape of a sample.</summary>
public static class Descriptive
{
    /// <summary>The arithmetic mean, summed with Neumaier's compensation (ZAMM 54, 1974).</summary>
    /// <exception cref="ArgumentException">There are no values.</exception>
    public static double Mean(ReadOnlySpan<double> values)
    {
        ThrowIfEmpty(values.Length);
        return Sum(values) / values.Length;
    }

    /// <summary>The sum with Neumaier's compensation: its error does not grow with the number of values.</summary>
    public static double Sum(ReadOnlySpan<double> values)
    {
        double sum = 0, lost = 0;
        foreach (double x in values)
        {
            double next = sum + x;
            lost += Math.Abs(sum) >= Math.Abs(x) ? sum - next + x : x - next + sum;
            sum = next;
        }
        // Infinite or NaN input would make the compensation NaN.
        return double.IsFinite(sum) ? sum + lost : sum;
    }

    /// <summary>The unbiased variance, n - 1 in the denominator; in two passes (Chan, Golub and LeVeque 1983, eq. 1.7).</summary>
    /// <exception cref="ArgumentException">There are fewer than two values.</exception>
    public static double Variance(ReadOnlySpan<double> values)
    {
        if (values.Length < 2) throw new ArgumentException("A variance takes two values or more.", nameof(values));
        double mean = Mean(values), squares = 0, rest = 0;
        foreach (double x in values)
        {
            squares += (x - mean) * (x - mean);
            rest += x - mean;
        }
        return (squares - (rest * rest / values.Length)) / (values.Length - 1);
    }

    /// <summary>The square root of <see cref="Variance"/>.</summary>
    public static double StandardDeviation(ReadOnlySpan<double> values) => Math.Sqrt(Variance(values));

    internal static void ThrowIfEmpty(int count)
    {
        if (count == 0) throw new ArgumentException("There are no values.");
    }
}
