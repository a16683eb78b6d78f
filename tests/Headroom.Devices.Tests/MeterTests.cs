using Headroom.Devices.Meters;

namespace Headroom.Devices.Tests;

/// <summary>Meters over trees of files like the system's, whose counters are turned by hand.</summary>
public sealed class MeterTests : IDisposable
{
    private readonly string _sys = Directory.CreateTempSubdirectory("headroom-").FullName;

    public void Dispose() => Directory.Delete(_sys, recursive: true);

    [Fact]
    public void Packages_and_memory_are_summed_and_parts_of_a_package_are_not()
    {
        Zone("intel-rapl:0", "package-0", 1_000_000, 10_000_000);
        Zone("intel-rapl:1", "package-1", 5_000_000, 10_000_000);
        Zone("intel-rapl:0:0", "core", 1, 10_000_000);
        Zone("intel-rapl:0:1", "dram", 2_000_000, 4_000_000);
        EnergyMeter meter = RaplMeter.Find(_sys).Meter!;
        Assert.Equal("RAPL, 2 packages and memory", meter.Name);
        Assert.Equal(0, meter.Read());
        Count("powercap/intel-rapl:0/energy_uj", 3_500_000);
        Count("powercap/intel-rapl:1/energy_uj", 5_250_000);
        Count("powercap/intel-rapl:0:0/energy_uj", 9_000_000);
        Count("powercap/intel-rapl:0:1/energy_uj", 2_125_000);
        Assert.Equal(2.875, meter.Read(), 1e-9);
    }

    [Fact]
    public void A_counter_that_is_full_begins_again()
    {
        Zone("intel-rapl:0", "package-0", 9_000_000, 10_000_000);
        EnergyMeter meter = RaplMeter.Find(_sys).Meter!;
        Count("powercap/intel-rapl:0/energy_uj", 500_000);
        Assert.Equal(1.5, meter.Read(), 1e-9);
        Count("powercap/intel-rapl:0/energy_uj", 600_000);
        Assert.Equal(1.6, meter.Read(), 1e-9);
    }

    [Fact]
    public void Sockets_count_before_their_cores()
    {
        Monitor("hwmon0", 1, "Ecore000", 1_000_000);
        Monitor("hwmon0", 2, "Esocket0", 8_000_000);
        EnergyMeter meter = HwmonMeter.Find(_sys).Meter!;
        Count("hwmon/hwmon0/energy1_input", 2_000_000);
        Count("hwmon/hwmon0/energy2_input", 9_500_000);
        Assert.Equal(1.5, meter.Read(), 1e-9);
    }

    [Fact]
    public void What_is_not_there_is_said_in_words()
    {
        Assert.Contains("no powercap counters", RaplMeter.Find(_sys).Why, StringComparison.Ordinal);
        Assert.Contains("no hardware monitors", HwmonMeter.Find(_sys).Why, StringComparison.Ordinal);
        Directory.CreateDirectory(Path.Combine(_sys, "class", "powercap"));
        Directory.CreateDirectory(Path.Combine(_sys, "class", "hwmon", "hwmon0"));
        Assert.Contains("no package is counted", RaplMeter.Find(_sys).Why, StringComparison.Ordinal);
        Assert.Contains("no monitor counts energy", HwmonMeter.Find(_sys).Why, StringComparison.Ordinal);
        Zone("intel-rapl:0", "package-0", 1, 2);
        File.WriteAllText(Path.Combine(_sys, "class", "powercap", "intel-rapl:0", "energy_uj"), "garbage");
        Assert.Contains("holds no count of microjoules", RaplMeter.Find(_sys).Why, StringComparison.Ordinal);
        Assert.Null(RaplMeter.Find(_sys).Meter);
    }

    [Fact] // on a machine with a driver it is a meter, on others a reason; never a fault
    public void The_gpu_s_meter_is_there_or_says_why_not()
    {
        MeterSearch search = NvmlMeter.Find();
        if (search.Meter is EnergyMeter meter) Assert.InRange(meter.Read(), 0, 1e6);
        else Assert.StartsWith("NVML: ", search.Why, StringComparison.Ordinal);
    }

    private void Zone(string zone, string name, long now, long range)
    {
        string folder = Path.Combine(_sys, "class", "powercap", zone);
        Directory.CreateDirectory(folder);
        File.WriteAllText(Path.Combine(folder, "name"), name + "\n");
        File.WriteAllText(Path.Combine(folder, "energy_uj"), $"{now}\n");
        File.WriteAllText(Path.Combine(folder, "max_energy_range_uj"), $"{range}\n");
    }

    private void Monitor(string monitor, int number, string label, long now)
    {
        string folder = Path.Combine(_sys, "class", "hwmon", monitor);
        Directory.CreateDirectory(folder);
        File.WriteAllText(Path.Combine(folder, $"energy{number}_label"), label + "\n");
        File.WriteAllText(Path.Combine(folder, $"energy{number}_input"), $"{now}\n");
    }

    private void Count(string path, long now) => File.WriteAllText(Path.Combine(_sys, "class", path), $"{now}\n");
}
