using Headroom.Evidence.Quantities;

namespace Headroom.Planning.Search;

/// <summary>What a plan may take at most; null where nobody said.</summary>
/// <param name="Dollars">In all.</param>
/// <param name="Time">On the clock.</param>
/// <param name="Memory">Of one accelerator.</param>
/// <param name="Energy">At the wall.</param>
public sealed record PlanLimits(double? Dollars = null, Seconds? Time = null, Bytes? Memory = null, Joules? Energy = null);
