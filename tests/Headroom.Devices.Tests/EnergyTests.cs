using Headroom.Devices.Meters;
using Headroom.Devices.Power;
using Headroom.Evidence.Quantities;

namespace Headroom.Devices.Tests;

public sealed class EnergyTests
{
    [Fact]
    public void A_meter_counts_before_any_estimate()
    {
        var meter = new HandMeter();
        EnergyAccount account = EnergyAccount.Begin([new MeterSearch(null, "none"), new MeterSearch(meter, "hand")], new MachinePower(new Watts(100), "estimated"));
        meter.Joules += 12.5;
        EnergyReading reading = account.Read();
        Assert.Equal(12.5, reading.Joules!.Value.Value, 1e-9);
        Assert.StartsWith("measured: by hand", reading.Method, StringComparison.Ordinal);
    }

    [Fact]
    public void Without_a_meter_power_times_time_stands_in_and_is_labelled()
    {
        var clock = new HandClock();
        EnergyAccount account = EnergyAccount.Begin([], new MachinePower(new Watts(80), "estimated: 80 W"), clock);
        clock.Seconds = 30;
        EnergyReading reading = account.Read();
        Assert.Equal(2400, reading.Joules!.Value.Value, 1e-6);
        Assert.Equal("estimated: 80 W", reading.Method);
    }

    [Fact]
    public void What_nobody_knows_is_unknown()
    {
        EnergyReading reading = EnergyAccount.Begin([], new MachinePower(null, "unknown: no name")).Read();
        Assert.Null(reading.Joules);
        Assert.Equal("unknown: no name", reading.Method);
    }

    [Theory]
    [InlineData("AMD EPYC 9654 96-Core Processor", 2, 7.5, "2 of 96 cores of AMD EPYC 9654")]
    [InlineData("AMD EPYC 9654 96-Core Processor", 192, 360.0, "AMD EPYC 9654, 360 W")]
    [InlineData("Intel(R) Xeon(R) Platinum 8480+", 56, 350.0, "Intel Xeon Platinum 8480+")]
    [InlineData("AMD EPYC", 2, null, "the catalogue has no 'AMD EPYC'")] // a machine that hides its model
    public void A_processor_s_power_is_its_share_of_what_the_maker_says(string name, int cores, double? watts, string method)
    {
        string file = Path.GetTempFileName();
        try
        {
            File.WriteAllText(file, $"processor\t: 0\nmodel name\t: {name}\ncores\t: 1\n");
            MachinePower power = MachinePower.Of(cores, file);
            Assert.Equal(watts, power.Watts?.Value);
            Assert.Contains(method, power.Method, StringComparison.Ordinal);
        }
        finally
        {
            File.Delete(file);
        }
    }

    [Fact]
    public void Every_entry_has_its_source_and_no_two_the_same_match()
    {
        Assert.All(PowerCatalogue.All, e => Assert.True(e.Watts > 0 && Uri.TryCreate(e.Source, UriKind.Absolute, out Uri? page) && page.Scheme == "https", e.Name));
        Assert.Equal(PowerCatalogue.All.Count, PowerCatalogue.All.Select(e => e.Match).Distinct(StringComparer.OrdinalIgnoreCase).Count());
    }

    private sealed class HandMeter : EnergyMeter
    {
        public double Joules { get; set; } = 3;

        public override string Name => "by hand";

        public override double Read() => Joules;
    }

    private sealed class HandClock : TimeProvider
    {
        public double Seconds { get; set; }

        public override long TimestampFrequency => 1000;

        public override long GetTimestamp() => (long)(Seconds * 1000);
    }
}
