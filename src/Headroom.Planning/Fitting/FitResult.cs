using System.Collections.Immutable;

namespace Headroom.Planning.Fitting;

/// <summary>Where a fit ended.</summary>
/// <param name="Values">Of the parameters, in their order.</param>
/// <param name="Loss">What was minimised, there.</param>
/// <param name="Rounds">Steps taken.</param>
public sealed record FitResult(ImmutableArray<double> Values, double Loss, int Rounds);
