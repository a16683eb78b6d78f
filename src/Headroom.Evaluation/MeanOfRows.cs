using Headroom.Evidence;
using Headroom.Statistics;

namespace Headroom.Evaluation;

/// <summary>A measure that is a mean over rows, with the bootstrap's interval of a mean; none for a single row.</summary>
internal static class MeanOfRows
{
    public static Measurement Measure(string name, ReadOnlySpan<double> values, string unit, string definition, MeasureSettings settings)
    {
        int rows = values.Length;
        Interval? interval = rows < 2 ? null : Bootstrap.OfMean(values, settings.Confidence, settings.ResamplesFor(rows), settings.Seed).ToInterval();
        return new Measurement(name, Descriptive.Mean(values), unit, interval, $"{definition}; {settings.BootstrapMethod(rows)}", rows);
    }
}
