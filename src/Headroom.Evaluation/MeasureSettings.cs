using Headroom.Statistics;

namespace Headroom.Evaluation;

/// <summary>What all measures share: how sure the intervals are, and how they are drawn.</summary>
/// <param name="Confidence">Of the intervals, between 0 and 1; documents hold 95 % ones.</param>
/// <param name="Resamples">Of a bootstrap; fewer are drawn for very many rows, and the method says how many.</param>
/// <param name="Seed">The same seed gives the same intervals.</param>
public sealed record MeasureSettings(double Confidence = 0.95, int Resamples = 1000, int Seed = 17)
{
    /// <summary>Drawn rows of one bootstrap, about a second's worth.</summary>
    private const long DrawsAtMost = 200_000_000;

    private const int ResamplesAtLeast = 200;

    /// <summary>The resamples for that many rows.</summary>
    public int ResamplesFor(int rows) => (int)Math.Min(Resamples, Math.Max(ResamplesAtLeast, DrawsAtMost / Math.Max(rows, 1)));

    internal string BootstrapMethod(int rows, BootstrapKind kind = BootstrapKind.BiasCorrectedAccelerated) => Bootstrap.Method(kind, ResamplesFor(rows), Seed);
}
