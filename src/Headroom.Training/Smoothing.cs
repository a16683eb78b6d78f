namespace Headroom.Training;

/// <summary>An exponential mean over about 50 steps, corrected for its start at 0 (Kingma and Ba, arXiv:1412.6980, section 3).</summary>
internal static class Smoothing
{
    private const double Keep = 0.98;

    public static double Add(double mean, double value) => (Keep * mean) + ((1 - Keep) * value);

    /// <summary>The mean after this many values; null before the first.</summary>
    public static double? Corrected(double mean, long values) => values > 0 ? mean / (1 - Math.Pow(Keep, values)) : null;
}
