using CsCheck;
using Headroom.Devices.Catalogue;
using Headroom.Planning.Power;

namespace Headroom.Planning.Tests.Power;

public sealed class PowerEstimatorTests
{
    private static readonly Accelerator Device = AcceleratorCatalogue.Default.Find("NVIDIA H100 SXM5 80GB");

    private static readonly PowerRates Rates = new(0.15, 1.5, 0.6, 0.3);

    [Fact]
    public void Power_lies_between_idle_and_the_design_power_and_grows_with_work() => (from compute in Gen.Double[0, 1]
        from bandwidth in Gen.Double[0, 1]
        select (compute, bandwidth)).Sample(c =>
    {
        double watts = PowerEstimator.Watts(Device, Rates, c.compute, c.bandwidth)!.Value;
        Assert.InRange(watts, 0.15 * 700, 700);
        Assert.True(PowerEstimator.Watts(Device, Rates, c.compute * 0.9, c.bandwidth) <= watts);
        Assert.True(PowerEstimator.Watts(Device, Rates, c.compute, c.bandwidth * 0.9) <= watts);
    }, iter: 300);

    [Fact]
    public void A_node_is_its_accelerators_and_its_host() =>
        Assert.Equal(8 * 700 * (1 + 0.3), PowerEstimator.NodeWatts(Device, 8, Rates, 1, 1)!.Value, 1e-6);

    [Fact]
    public void No_design_power_no_watts() => Assert.Null(PowerEstimator.Watts(Device with { Watts = null }, Rates, 1, 1));
}
