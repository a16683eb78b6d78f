namespace Headroom.Cli.Profiling;

/// <summary>Something to do about a step's time.</summary>
/// <param name="Name">What to do.</param>
/// <param name="Why">What was measured that speaks for it.</param>
/// <param name="Saved">Seconds a step, of the same rows.</param>
internal sealed record Lever(string Name, string Why, double Saved)
{
    /// <summary>How many times as fast the step would be.</summary>
    public double Gain(double step) => Saved < step ? step / (step - Saved) : double.PositiveInfinity;
}
