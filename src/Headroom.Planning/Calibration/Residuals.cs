using System.Collections.Immutable;

namespace Headroom.Planning.Calibration;

/// <summary>How far predictions lay from measurements: quantiles of the logarithm of predicted over measured.</summary>
/// <param name="Quantity">The figure: <c>step_seconds</c>.</param>
/// <param name="Of">The family of accelerators; <c>all</c> for every row.</param>
/// <param name="Rows">Measurements.</param>
/// <param name="Quantiles">At 5, 25, 50, 75 and 95 in a hundred.</param>
/// <param name="Mape">Mean absolute error, as a share of what was measured.</param>
public sealed record Residuals(string Quantity, string Of, int Rows, ImmutableArray<double> Quantiles, double Mape)
{
    /// <summary>Where the quantiles lie.</summary>
    public static ImmutableArray<double> Levels { get; } = [0.05, 0.25, 0.5, 0.75, 0.95];

    /// <summary>Of errors.</summary>
    /// <param name="quantity">The figure.</param>
    /// <param name="of">The family; <c>all</c> for every row.</param>
    /// <param name="logErrors">At least one.</param>
    public static Residuals From(string quantity, string of, IReadOnlyCollection<double> logErrors)
    {
        double[] errors = [.. logErrors.Order()];
        return new(quantity, of, errors.Length, [.. Levels.Select(l => Math.Round(Statistics.Quantiles.OfSorted(errors, l), 4))], Math.Round(errors.Average(e => Math.Abs(Math.Exp(e) - 1)), 4));
    }
}
