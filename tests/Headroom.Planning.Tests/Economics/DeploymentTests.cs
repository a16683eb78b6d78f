using CsCheck;
using Headroom.Evidence.Quantities;
using Headroom.Planning.Economics;

namespace Headroom.Planning.Tests.Economics;

public sealed class DeploymentTests
{
    [Fact]
    public void Break_even_is_where_both_cost_the_same() => (from fixedA in Gen.Double[0, 500]
        from fixedB in Gen.Double[0, 500]
        from a in Gen.Double[0, 1e-3]
        from b in Gen.Double[0, 1e-3]
        from capacity in Gen.Double[0.1, 1000]
        select (fixedA, fixedB, a, b, capacity)).Sample(c =>
    {
        Deployment cloud = new("cloud", c.fixedA, c.a, 0.1, 1, c.capacity), edge = new("edge", c.fixedB, c.b, 0.01, 1, c.capacity);
        double? rate = cloud.BreakEven(edge);
        if (rate is not double r)
        {
            Assert.True(edge.Monthly(c.capacity) > cloud.Monthly(c.capacity));
            return;
        }
        if (r > 0) Assert.Equal(cloud.Monthly(r), edge.Monthly(r), 1e-6 * (1 + cloud.Monthly(r)));
        Assert.True(edge.Monthly(Math.Min(c.capacity, (r * 1.01) + 1e-9)) <= cloud.Monthly(Math.Min(c.capacity, (r * 1.01) + 1e-9)) * (1 + 1e-9));
    }, iter: 1000);

    [Fact]
    public void Requests_beyond_one_unit_s_capacity_want_another()
    {
        var board = new Deployment("edge", 10, 0, 0.01, 0.5, 4);
        Assert.Equal(1, board.Units(4));
        Assert.Equal(2, board.Units(4, peak: 1.5));
        Assert.Equal(30, board.Monthly(9), 1e-9);
    }

    [Fact]
    public void Energy_is_counted_at_the_wall()
    {
        var power = new PowerUse(1.2, Price: 0.25, GramsPerKilowattHour: 400);
        Joules wall = power.Energy(new Watts(1000), new Seconds(3600));
        Assert.Equal(1.2 * 3.6e6, wall.Value, 1e-6);
        Assert.Equal(0.3, power.Cost(wall)!.Value, 1e-12);
        Assert.Equal(480, power.Grams(wall)!.Value, 1e-9);
        Assert.Null(new PowerUse(1.2).Cost(wall));
    }

    [Fact]
    public void An_owned_device_is_paid_off_by_its_hours_of_work()
    {
        var own = new Ownership(30_000, 4, Utilisation: 0.5, ResidualShare: 0.2, UpkeepShare: 0.05);
        Assert.Equal((24_000 / 4.0 + 1500) / (8766 * 0.5), own.HourlyCost, 1e-9);
        double hours = own.BreakEvenHours(rent: 2, power: 0.2);
        Assert.Equal(24_000, hours * (2 - 0.2 - (1500 / (8766 * 0.5))), 1e-6);
        Assert.Equal(double.PositiveInfinity, own.BreakEvenHours(rent: 0.3, power: 0.2));
    }
}
