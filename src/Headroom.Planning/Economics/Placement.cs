using Headroom.Devices.Catalogue;

namespace Headroom.Planning.Economics;

/// <summary>What nobody can know of a place where requests are answered but who pays for it.</summary>
public sealed record PlacementCosts
{
    /// <summary>Years until an owned device is written off.</summary>
    public double Years { get; init; } = 4;

    /// <summary>Of an owned device's price, a year's upkeep: visits, spares, connection.</summary>
    public double UpkeepShare { get; init; } = 0.1;

    /// <summary>Dollars of a kWh where owned devices stand.</summary>
    public double PowerPrice { get; init; } = 0.2;

    /// <summary>Seconds from a request to the cloud and back.</summary>
    public double RoundTrip { get; init; } = 0.05;

    /// <summary>What a rented machine's building draws for a watt of it, at least 1.</summary>
    public double Overhead { get; init; } = 1.2;
}

/// <summary>One device as it answers requests.</summary>
/// <param name="Device">The device.</param>
/// <param name="One">Seconds of a single request.</param>
/// <param name="Rate">Requests a second at the batch that it works in.</param>
/// <param name="BusyWatts">At that batch; null where no source gives its power.</param>
/// <param name="IdleWatts">Waiting; null where no source gives it.</param>
public readonly record struct Answering(Accelerator Device, double One, double Rate, double? BusyWatts, double? IdleWatts);

/// <summary>Edge, cloud or both: the deployments that answer so many requests, and what a month of each costs.</summary>
public static class Placement
{
    private const double JoulesPerKilowattHour = 3.6e6, MonthsAYear = 12, HoursAMonth = Deployment.SecondsAMonth / 3600;

    /// <summary>A device of one's own where the requests arise: paid once, kept up, and its power by what it does.</summary>
    /// <param name="a">The device at work.</param>
    /// <param name="price">Dollars of the device.</param>
    /// <param name="costs">What is paid beside.</param>
    public static Deployment Owned(in Answering a, double price, PlacementCosts costs)
    {
        ArgumentNullException.ThrowIfNull(costs);
        double device = price * ((1 / costs.Years) + costs.UpkeepShare) / MonthsAYear;
        double idle = (a.IdleWatts ?? 0) * Deployment.SecondsAMonth / JoulesPerKilowattHour * costs.PowerPrice;
        double joules = Math.Max(0, (a.BusyWatts ?? 0) - (a.IdleWatts ?? 0)) / a.Rate;
        return new($"own {a.Device.Name}", device + idle, joules / JoulesPerKilowattHour * costs.PowerPrice, a.One, (a.BusyWatts ?? double.NaN) / a.Rate, a.Rate);
    }

    /// <summary>A rented device that is kept up all month: power is in its rent, and the network's round trip in its answers.</summary>
    /// <param name="a">The device at work.</param>
    /// <param name="rent">Dollars an hour.</param>
    /// <param name="costs">What is paid beside.</param>
    public static Deployment Rented(in Answering a, double rent, PlacementCosts costs)
    {
        ArgumentNullException.ThrowIfNull(costs);
        return new($"rent {a.Device.Name}", rent * HoursAMonth, 0, a.One + costs.RoundTrip, (a.BusyWatts ?? double.NaN) * costs.Overhead / a.Rate, a.Rate);
    }

    /// <summary>A month of owned devices that bear the mean rate, and rented ones kept for what the busiest second brings beyond them.</summary>
    /// <param name="edge">The owned.</param>
    /// <param name="cloud">The rented.</param>
    /// <param name="rate">Requests a second, on average.</param>
    /// <param name="peak">The busiest second's rate over the mean, at least 1.</param>
    /// <returns>Dollars, and how many of each; null where the owned bear the peak too, so that nothing is left to rent.</returns>
    public static (double Monthly, long Edge, long Cloud)? Both(Deployment edge, Deployment cloud, double rate, double peak)
    {
        ArgumentNullException.ThrowIfNull(edge);
        ArgumentNullException.ThrowIfNull(cloud);
        long own = edge.Units(rate);
        double beyond = (rate * peak) - (own * edge.Capacity);
        if (beyond <= 0) return null;
        long rented = Math.Max(1, (long)Math.Ceiling(beyond / cloud.Capacity));
        return (edge.Monthly(rate) + (rented * cloud.FixedMonthly), own, rented);
    }
}
