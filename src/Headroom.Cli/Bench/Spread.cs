using Headroom.Statistics;

namespace Headroom.Cli.Bench;

/// <summary>The median of what was measured several times, with its 95 % interval (<see cref="MedianInterval"/>).</summary>
internal readonly record struct Spread(double Median, double Low, double High, int Count)
{
    /// <param name="values">At least one.</param>
    public static Spread Of(params ReadOnlySpan<double> values)
    {
        (double low, double high) = MedianInterval.Of(values);
        return new Spread(Quantiles.Median(values), low, high, values.Length);
    }

    /// <summary>From end to end, as a part of the median; infinite while there are too few values for an interval at all.</summary>
    public double Width => Count < MedianInterval.FewestFor() ? double.PositiveInfinity : (High - Low) / Math.Abs(Median);
}
