using Headroom.Evidence;

namespace Headroom.Evaluation;

internal static class IntervalConversion
{
    /// <summary>As the documents hold it; null where an end is no number.</summary>
    public static Interval? ToInterval(this (double Low, double High) ends) =>
        double.IsNaN(ends.Low) || double.IsNaN(ends.High) ? null : new Interval(ends.Low, ends.High);
}
