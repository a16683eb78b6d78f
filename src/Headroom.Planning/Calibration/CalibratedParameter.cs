using System.Collections.Immutable;
using System.Text.Json.Serialization;

namespace Headroom.Planning.Calibration;

/// <summary>A physical figure that was fitted, with its values.</summary>
public sealed record CalibratedParameter
{
    /// <summary>What it is called: <c>matrix share</c>.</summary>
    public required string Name { get; init; }

    /// <summary>What it has a value for each of: <c>family</c> of accelerators, software <c>stack</c>, or <c>all</c>.</summary>
    public required string Per { get; init; }

    /// <summary>Its unit; <c>1</c> of a share.</summary>
    public required string Unit { get; init; }

    /// <summary>What it means.</summary>
    public required string Meaning { get; init; }

    /// <summary>The least that the fit might have found.</summary>
    public required double Lower { get; init; }

    /// <summary>The most.</summary>
    public required double Upper { get; init; }

    /// <summary>By family or stack; <c>all</c> where there is one.</summary>
    public required ImmutableSortedDictionary<string, double> Values { get; init; }

    /// <summary>The value of families that were never fitted: the median of those that were.</summary>
    [JsonIgnore]
    public double Usual
    {
        get
        {
            double[] sorted = [.. Values.Values.Order()];
            return (sorted[(sorted.Length - 1) / 2] + sorted[sorted.Length / 2]) / 2;
        }
    }
}
