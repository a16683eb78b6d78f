using MathNet.Numerics.Distributions;

namespace Headroom.Statistics;

internal static class Confidence
{
    /// <summary>The z of a two-sided interval: 1.96 for 0.95.</summary>
    public static double Z(double confidence) => Normal.InvCDF(0, 1, UpperTail(confidence));

    /// <summary>The probability below the upper end: 0.975 for 0.95.</summary>
    public static double UpperTail(double confidence) => confidence is > 0 and < 1
        ? 0.5 + (confidence / 2)
        : throw new ArgumentOutOfRangeException(nameof(confidence), confidence, "A confidence lies between 0 and 1, both excluded.");
}
