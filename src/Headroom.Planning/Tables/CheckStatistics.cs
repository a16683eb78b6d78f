using System.Collections.Immutable;
using Headroom.Statistics;

namespace Headroom.Planning.Tables;

/// <summary>How far predictions of one figure lie from a table's measurements; errors are fractions of the measured value.</summary>
public sealed record CheckStatistics
{
    /// <summary>Rows that were predicted and had a value.</summary>
    public required int Rows { get; init; }

    /// <summary>Mean of the absolute errors.</summary>
    public double? Mape { get; init; }

    /// <summary>Median of the absolute errors.</summary>
    public double? MedianApe { get; init; }

    /// <summary>Mean of the errors: above 0 where too much is predicted.</summary>
    public double? Bias { get; init; }

    /// <summary>What nine of ten absolute errors stay below.</summary>
    public double? P90Ape { get; init; }

    /// <summary>Spearman's, of measured and predicted.</summary>
    public double? RankCorrelation { get; init; }

    /// <summary>Share of the measured values that lie within the planner's intervals; null where it gave none.</summary>
    public double? WithinInterval { get; init; }

    /// <summary>Runs that failed for memory.</summary>
    public int RanOut { get; init; }

    /// <summary>Of those, runs that are said to need less than 95 % of the capacity.</summary>
    public int RanOutSaidToFit { get; init; }

    /// <summary>Runs that went through and are said to need more than 105 % of the capacity.</summary>
    public int RanSaidNotToFit { get; init; }

    // A verdict about memory may be wrong within this share of the capacity.
    private const double VerdictMargin = 0.05;

    /// <summary>Of predictions beside measurements.</summary>
    /// <param name="predictions">One a row.</param>
    public static CheckStatistics Of(IReadOnlyList<Prediction> predictions)
    {
        ImmutableArray<Prediction> ran = [.. predictions.Where(p => !p.RanOut)], failed = [.. predictions.Where(p => p.RanOut)];
        double[] errors = [.. ran.Select(p => (p.Predicted / p.Measured) - 1)], sizes = [.. errors.Select(Math.Abs)];
        Prediction[] bounded = [.. ran.Where(p => p.Low is not null && p.High is not null)];
        return new CheckStatistics
        {
            Rows = ran.Length,
            Mape = sizes.Length > 0 ? sizes.Average() : null,
            MedianApe = sizes.Length > 0 ? Quantiles.Median(sizes) : null,
            Bias = errors.Length > 0 ? errors.Average() : null,
            P90Ape = sizes.Length > 0 ? Quantiles.Of(sizes, 0.9) : null,
            RankCorrelation = Tables.RankCorrelation.Of([.. ran.Select(p => p.Measured)], [.. ran.Select(p => p.Predicted)]),
            WithinInterval = bounded.Length > 0 ? bounded.Count(p => p.Measured >= p.Low && p.Measured <= p.High) / (double)bounded.Length : null,
            RanOut = failed.Length,
            RanOutSaidToFit = failed.Count(p => p.Predicted < (1 - VerdictMargin) * (p.Capacity ?? p.Measured)),
            RanSaidNotToFit = ran.Count(p => p.Capacity is double capacity && p.Predicted > (1 + VerdictMargin) * capacity),
        };
    }
}
