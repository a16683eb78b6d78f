namespace Headroom.Devices.Catalogue;

/// <summary>What one provider asked for an hour of one accelerator, at one date. Prices go stale: the date and the source say how stale.</summary>
/// <param name="Provider">Who rents it out: <c>aws</c>, <c>lambda</c>.</param>
/// <param name="UsdPerHour">US dollars for an hour of one accelerator, its share of the host included.</param>
/// <param name="Basis">What was divided by what: the instance, its price, how it is paid.</param>
/// <param name="Date">When the price held, <c>yyyy-MM-dd</c> or <c>yyyy-MM</c>; null where the source doesn't say.</param>
/// <param name="Source">Where the price was read.</param>
/// <param name="Spot">Whether the provider may take the machine back at any time.</param>
public sealed record AcceleratorPrice(string Provider, double UsdPerHour, string Basis, string? Date, string Source, bool Spot = false);
