namespace Headroom.Devices.Meters;

/// <summary>Intel's and AMD's running average power limit, as Linux shows it: the packages, and the memory beside them where it is counted apart.</summary>
/// <remarks>https://docs.kernel.org/power/powercap/powercap.html. Since CVE-2020-8694 only an administrator may read the counters.</remarks>
public sealed class RaplMeter : EnergyMeter
{
    private readonly CounterFiles _counters;

    private RaplMeter(string name, CounterFiles counters) => (Name, _counters) = (name, counters);

    public override string Name { get; }

    /// <param name="sys">The root of sysfs.</param>
    public static MeterSearch Find(string sys = "/sys")
    {
        string root = Path.Join(sys, "class", "powercap");
        if (!Directory.Exists(root)) return new MeterSearch(null, "RAPL: this system has no powercap counters (virtual machines mostly have none)");
        try
        {
            // Zones are called intel-rapl:0, parts of one intel-rapl:0:1; AMD's have the same name.
            string[] zones = [.. Directory.EnumerateDirectories(root, "intel-rapl:*").Order(StringComparer.Ordinal)];
            string[] packages = [.. zones.Where(z => Named(z).StartsWith("package", StringComparison.Ordinal))], memories = [.. zones.Where(z => Named(z) == "dram")];
            if (packages.Length == 0) return new MeterSearch(null, "RAPL: no package is counted");
            var counters = new CounterFiles(packages.Concat(memories).Select(z => (Path.Join(z, "energy_uj"), (double?)CounterFiles.Number(Path.Join(z, "max_energy_range_uj")))));
            string name = $"RAPL, {packages.Length} package{(packages.Length == 1 ? "" : "s")}{(memories.Length > 0 ? " and memory" : "")}";
            return new MeterSearch(new RaplMeter(name, counters), name);
        }
        catch (UnauthorizedAccessException)
        {
            return new MeterSearch(null, "RAPL: only an administrator may read its counters; give read permission to energy_uj under /sys/class/powercap");
        }
        catch (IOException e)
        {
            return new MeterSearch(null, $"RAPL: {e.Message}");
        }
    }

    public override double Read() => _counters.Joules();

    private static string Named(string zone) => File.Exists(Path.Join(zone, "name")) ? File.ReadAllText(Path.Join(zone, "name")).Trim() : "";
}
