namespace Headroom.Runtime.Tests.Fused;

/// <summary>The dynamic map as Dettmers et al., arXiv:2110.02861, section 2.1 describes it, as a list of 256 levels: what <c>DynamicCode</c> must come to.</summary>
internal static class DynamicMap
{
    public static double[] Levels(bool signed)
    {
        var levels = new List<double> { 0, 1 };
        for (int zeros = 0; zeros < 7; zeros++)
        {
            // After the sign come zeros (the decade), a 1, and in what is left of the byte the fraction; unsigned, the sign's bit is the fraction's.
            int fractionBits = (signed ? 6 : 7) - zeros, parts = 1 << fractionBits;
            for (int f = 0; f < parts; f++)
            {
                double low = 0.1 + 0.9 * f / parts, high = 0.1 + 0.9 * (f + 1) / parts, level = Math.Pow(10, -zeros) * (low + high) / 2;
                levels.Add(level);
                if (signed) levels.Add(-level);
            }
        }
        return [.. levels.Order()];
    }

    /// <summary>The distance of the nearest level.</summary>
    public static double Nearest(double[] levels, double value) => levels.Min(l => Math.Abs(l - value));
}
