using System.Numerics;
using Headroom.Evidence;

namespace Headroom.Evaluation.Forecasting;

/// <summary>Forecasts and what came, window by window; the steps of one window hang together, so windows are what is resampled.</summary>
public sealed class ForecastScores
{
    private readonly double[] forecasts, targets, scales;

    private ForecastScores(double[] forecasts, double[] targets, double[] scales, string unit)
        => (this.forecasts, this.targets, this.scales, Unit) = (forecasts, targets, scales, unit);

    public int Windows => scales.Length;

    /// <summary>Steps of a window.</summary>
    public int Horizon => targets.Length / scales.Length;

    /// <summary>The target's unit.</summary>
    public string Unit { get; }

    /// <summary><c>[windows, horizon]</c></summary>
    public ReadOnlySpan<double> Forecasts => forecasts;

    /// <summary><c>[windows, horizon]</c></summary>
    public ReadOnlySpan<double> Targets => targets;

    /// <summary>By window: what a seasonal naive forecast errs by within the part of its series that was trained on, for <see cref="ScaledError"/>; 0 where it never errs.</summary>
    public ReadOnlySpan<double> Scales => scales;

    /// <summary>From forecasts and targets, both <c>[windows, horizon]</c>, and a scale for each window.</summary>
    /// <exception cref="InputException">A number is not finite, the lengths differ, or there are no windows.</exception>
    public static ForecastScores Of<T>(ReadOnlySpan<T> forecasts, ReadOnlySpan<T> targets, ReadOnlySpan<double> scales, string unit = "target units", string source = "model output")
        where T : IFloatingPointIeee754<T>
    {
        if (scales.IsEmpty) throw new InputException(source, "there are no windows to evaluate.", "Give a test part that is longer than the horizon.");
        if (forecasts.Length != targets.Length || targets.IsEmpty || targets.Length % scales.Length != 0)
            throw new InputException(source, $"{forecasts.Length} forecast steps for {targets.Length} of {scales.Length} windows.", "The model must forecast each step of the horizon.");
        int horizon = targets.Length / scales.Length;
        return new ForecastScores(Finite(forecasts, horizon, source, "forecast"), Finite(targets, horizon, "targets", "target"), scales.ToArray(), unit);
    }

    private static double[] Finite<T>(ReadOnlySpan<T> values, int horizon, string source, string what)
        where T : IFloatingPointIeee754<T>
    {
        double[] result = new double[values.Length];
        for (int i = 0; i < result.Length; i++)
        {
            result[i] = double.CreateChecked(values[i]);
            if (!double.IsFinite(result[i]))
                throw new InputException($"{source}, window {i / horizon}, step {i % horizon}", FormattableString.Invariant($"the {what} is {result[i]}."), "Train the model again with a lower learning rate, or fill in the value.");
        }
        return result;
    }
}
