namespace Headroom.Devices.Meters;

/// <summary>Energy counters of hardware monitors, such as AMD's: those of sockets, or, where there are none, of all that is counted.</summary>
/// <remarks>https://docs.kernel.org/hwmon/sysfs-interface.html: <c>energyN_input</c> in microjoules. 64 bits wide: they never begin again.</remarks>
public sealed class HwmonMeter : EnergyMeter
{
    private readonly CounterFiles _counters;

    private HwmonMeter(string name, CounterFiles counters) => (Name, _counters) = (name, counters);

    public override string Name { get; }

    /// <param name="sys">The root of sysfs.</param>
    public static MeterSearch Find(string sys = "/sys")
    {
        string root = Path.Join(sys, "class", "hwmon");
        if (!Directory.Exists(root)) return new MeterSearch(null, "hwmon: this system has no hardware monitors");
        try
        {
            string[] all = [.. Directory.EnumerateDirectories(root).SelectMany(d => Directory.EnumerateFiles(d, "energy*_input")).Order(StringComparer.Ordinal)];
            if (all.Length == 0) return new MeterSearch(null, "hwmon: no monitor counts energy");
            // A socket's counter holds its cores'.
            string[] sockets = [.. all.Where(f => Label(f).Contains("socket", StringComparison.OrdinalIgnoreCase))], used = sockets.Length > 0 ? sockets : all;
            string name = $"hwmon, {used.Length} counter{(used.Length == 1 ? "" : "s")}";
            return new MeterSearch(new HwmonMeter(name, new CounterFiles(used.Select(f => (f, (double?)null)))), name);
        }
        catch (UnauthorizedAccessException)
        {
            return new MeterSearch(null, "hwmon: only an administrator may read its counters");
        }
        catch (IOException e)
        {
            return new MeterSearch(null, $"hwmon: {e.Message}");
        }
    }

    public override double Read() => _counters.Joules();

    private static string Label(string input)
    {
        string label = input[..^"_input".Length] + "_label";
        return File.Exists(label) ? File.ReadAllText(label).Trim() : "";
    }
}
