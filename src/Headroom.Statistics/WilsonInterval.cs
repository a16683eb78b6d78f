namespace Headroom.Statistics;

/// <summary>The score interval for a proportion, such as accuracy, without continuity correction.</summary>
/// <remarks>Wilson, JASA 22 (1927); method 3 of Newcombe, Statistics in Medicine 17 (1998) 857-872, which finds its coverage near nominal at every size and proportion.</remarks>
public static class WilsonInterval
{
    /// <summary>The method in words, for a measurement.</summary>
    public const string Method = "Wilson score interval";

    /// <summary>The interval for <paramref name="successes"/> of <paramref name="trials"/>, within [0, 1] and exact there when none or all succeed.</summary>
    /// <exception cref="ArgumentOutOfRangeException">No trials, or successes outside [0, trials].</exception>
    public static (double Low, double High) Of(long successes, long trials, double confidence = 0.95)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(trials, 1);
        ArgumentOutOfRangeException.ThrowIfNegative(successes);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(successes, trials);
        double z = Confidence.Z(confidence), n = trials, x = successes;
        double centre = x + (z * z / 2), half = z * Math.Sqrt((x * (n - x) / n) + (z * z / 4)), whole = n + (z * z);
        return (successes == 0 ? 0 : (centre - half) / whole, successes == trials ? 1 : (centre + half) / whole);
    }
}
