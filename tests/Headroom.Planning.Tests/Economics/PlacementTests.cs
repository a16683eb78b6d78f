using CsCheck;
using Headroom.Devices.Catalogue;
using Headroom.Planning.Economics;

namespace Headroom.Planning.Tests.Economics;

public sealed class PlacementTests
{
    private static readonly Accelerator Board = AcceleratorCatalogue.Default.Find("jetson-orin-nano-8gb"), Card = AcceleratorCatalogue.Default.Find("l4");
    private static readonly PlacementCosts Costs = new() { Years = 4, UpkeepShare = 0.1, PowerPrice = 0.25, RoundTrip = 0.04, Overhead = 1.5 };

    [Fact]
    public void An_owned_device_costs_its_years_its_upkeep_and_its_power()
    {
        Deployment own = Placement.Owned(new Answering(Board, 0.01, 100, 15, 5), 480, Costs);
        double idle = 5 * Deployment.SecondsAMonth / 3.6e6 * 0.25;
        Assert.Equal((480 / 4.0 / 12) + (480 * 0.1 / 12) + idle, own.FixedMonthly, 1e-9);
        Assert.Equal(0.1 / 3.6e6 * 0.25, own.PerRequest, 1e-15);
        Assert.Equal(0.15, own.JoulesPerRequest, 1e-12);
        Assert.Equal(0.01, own.Latency);
        // At full rate all its power is paid: idle and what work adds.
        Assert.Equal((480 / 4.0 / 12) + (480 * 0.1 / 12) + (15 * Deployment.SecondsAMonth / 3.6e6 * 0.25), own.Monthly(100), 1e-9);
    }

    [Fact]
    public void A_rented_device_costs_its_hours_and_answers_after_the_round_trip()
    {
        Deployment rent = Placement.Rented(new Answering(Card, 0.002, 1000, 60, 20), 0.5, Costs);
        Assert.Equal(0.5 * 730.5, rent.FixedMonthly, 1e-9);
        Assert.Equal(0.042, rent.Latency, 1e-12);
        Assert.Equal(0.09, rent.JoulesPerRequest, 1e-12);
        Assert.Equal(rent.FixedMonthly, rent.Monthly(999), 1e-9);
    }

    [Fact] // both together bear the busiest second, and neither has a device too many
    public void Both_bear_the_busiest_second_with_no_device_to_spare() => (from rate in Gen.Double[0.1, 5000]
        from peak in Gen.Double[1, 20]
        from edge in Gen.Double[1, 500]
        from cloud in Gen.Double[1, 2000]
        select (rate, peak, edge, cloud)).Sample(c =>
    {
        Deployment own = new("own", 10, 1e-7, 0.01, 1, c.edge), rent = new("rent", 300, 0, 0.05, 1, c.cloud);
        if (Placement.Both(own, rent, c.rate, c.peak) is not { } both)
        {
            Assert.True(own.Units(c.rate) * c.edge >= c.rate * c.peak);
            return;
        }
        Assert.True((both.Edge * c.edge) + (both.Cloud * c.cloud) >= c.rate * c.peak * (1 - 1e-12));
        Assert.True((both.Edge * c.edge) + ((both.Cloud - 1) * c.cloud) < c.rate * c.peak);
        Assert.Equal(own.Monthly(c.rate) + (both.Cloud * 300), both.Monthly, 1e-6);
    }, iter: 1000);
}
