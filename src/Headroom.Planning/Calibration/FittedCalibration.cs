using System.Collections.Immutable;

namespace Headroom.Planning.Calibration;

/// <summary>What a fit found: few parameters, physically named, and how far off predictions were with them.</summary>
public sealed record FittedCalibration
{
    /// <summary>What is predicted: <c>llm-training</c>.</summary>
    public required string Name { get; init; }

    /// <summary>How it was made, in a sentence.</summary>
    public required string Note { get; init; }

    /// <summary>The tables that it was fitted on, by name.</summary>
    public required ImmutableArray<string> Tables { get; init; }

    /// <summary>The parameters.</summary>
    public required ImmutableArray<CalibratedParameter> Parameters { get; init; }

    /// <summary>Errors on the rows that it was fitted on, by figure and family.</summary>
    public required ImmutableArray<Residuals> Residuals { get; init; }

    /// <summary>Errors on each family by a fit that never saw it, and on <c>all</c> of them together.</summary>
    public required ImmutableArray<Residuals> LeftOut { get; init; }

    /// <summary>What stands for every row or every family.</summary>
    public const string All = "all";

    /// <summary>The value of a parameter.</summary>
    /// <param name="parameter">Its name.</param>
    /// <param name="of">A family or a stack; one that was never fitted has the usual value.</param>
    /// <exception cref="ArgumentException">There is no such parameter.</exception>
    public double Value(string parameter, string of = All)
    {
        CalibratedParameter found = Parameters.FirstOrDefault(p => p.Name == parameter) ?? throw new ArgumentException($"the calibration {Name} has no parameter '{parameter}'", nameof(parameter));
        return found.Values.TryGetValue(of, out double value) ? value : found.Usual;
    }

    /// <summary>Whether a parameter was fitted for a family or stack.</summary>
    /// <param name="parameter">Its name.</param>
    /// <param name="of">The family or stack.</param>
    public bool Has(string parameter, string of) => Parameters.Any(p => p.Name == parameter && p.Values.ContainsKey(of));

    /// <summary>The interval of a prediction.</summary>
    /// <param name="quantity">The figure.</param>
    /// <param name="family">The accelerator's.</param>
    /// <param name="predicted">What is predicted.</param>
    /// <returns>Where nine of ten measurements lie; null where the figure was never held to any.</returns>
    public PredictionInterval? Interval(string quantity, string family, double predicted)
    {
        Residuals? own = Residuals.FirstOrDefault(r => r.Quantity == quantity && r.Of == family);
        bool extrapolates = own is null;
        Residuals? errors = own is { Rows: >= FewRows } ? own
            : extrapolates ? LeftOut.FirstOrDefault(r => r.Quantity == quantity && r.Of == All) ?? Residuals.FirstOrDefault(r => r.Quantity == quantity && r.Of == All)
            : Residuals.FirstOrDefault(r => r.Quantity == quantity && r.Of == All) ?? own;
        // Predicted over measured is e^q, so that measured lies at predicted over e^q.
        return errors is null ? null : new(predicted / Math.Exp(Math.Max(0, errors.Quantiles[^1])), predicted / Math.Exp(Math.Min(0, errors.Quantiles[0])), extrapolates);
    }

    // A family with fewer rows says little of its tails: those of all families stand for it.
    private const int FewRows = 10;
}
