namespace Headroom.Planning.Economics;

/// <summary>Where requests are answered, and what that takes.</summary>
/// <param name="Name">As it is shown: <c>edge: Jetson Orin Nano</c>.</param>
/// <param name="FixedMonthly">Paid whatever comes in: devices written off, their upkeep, idle power.</param>
/// <param name="PerRequest">Paid for each request on top: power, transfer; of a rented accelerator its time.</param>
/// <param name="Latency">Seconds from sending a request to its answer: the network's round trip and the computation.</param>
/// <param name="JoulesPerRequest">At the wall, transfer left out.</param>
/// <param name="Capacity">Requests a second that one such deployment answers.</param>
public sealed record Deployment(string Name, double FixedMonthly, double PerRequest, double Latency, double JoulesPerRequest, double Capacity)
{
    /// <summary>Seconds of a mean month.</summary>
    public const double SecondsAMonth = 8766 * 3600 / 12.0;

    /// <summary>Deployments that a mean rate of requests a second wants.</summary>
    /// <param name="rate">Requests a second, on average.</param>
    /// <param name="peak">The busiest second's rate over the mean, at least 1.</param>
    public long Units(double rate, double peak = 1) => Math.Max(1, (long)Math.Ceiling(rate * peak / Capacity));

    public double Monthly(double rate, double peak = 1) => (Units(rate, peak) * FixedMonthly) + (PerRequest * rate * SecondsAMonth);

    /// <summary>The smallest mean rate from which on <paramref name="other"/> is no dearer than this, within what one unit of each can answer; null where it stays dearer there.</summary>
    public double? BreakEven(Deployment other)
    {
        double perRequest = (PerRequest - other.PerRequest) * SecondsAMonth, fixedCost = other.FixedMonthly - FixedMonthly;
        double most = Math.Min(Capacity, other.Capacity);
        if (fixedCost <= 0 && fixedCost <= perRequest * most) return 0;
        double rate = fixedCost / perRequest;
        return perRequest > 0 && rate <= most ? rate : null;
    }
}
