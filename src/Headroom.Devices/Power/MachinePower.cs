using System.Globalization;
using Headroom.Evidence;
using Headroom.Evidence.Quantities;

namespace Headroom.Devices.Power;

/// <summary>What this machine takes, by the user's word or by the catalogue; stands in where no meter counts.</summary>
/// <param name="Watts">Null where nobody knows.</param>
/// <param name="Method">Where the figure comes from, or why there is none.</param>
public readonly record struct MachinePower(Watts? Watts, string Method)
{
    /// <summary>Watts by the user's word.</summary>
    public const string Variable = "HEADROOM_WATTS";

    /// <param name="cores">Cores that this system has: a virtual machine has some of a processor's.</param>
    /// <param name="cpuinfo">Linux's list of processors.</param>
    /// <exception cref="InputException">The variable holds no power.</exception>
    public static MachinePower Of(int cores, string cpuinfo = "/proc/cpuinfo")
    {
        if (Environment.GetEnvironmentVariable(Variable) is { Length: > 0 } given)
        {
            return double.TryParse(given, NumberStyles.Float, CultureInfo.InvariantCulture, out double watts) && watts > 0 && double.IsFinite(watts)
                ? new MachinePower(new Watts(watts), $"estimated: {new Watts(watts)} by {Variable}")
                : throw new InputException(Variable, $"'{given}' is no power", "Give the watts that the machine takes under load, such as 180.");
        }
        string? name = ProcessorName(cpuinfo);
        if (name is null) return new MachinePower(null, "unknown: this system doesn't name its processor");
        if (PowerCatalogue.Find(name) is not PowerEntry entry) return new MachinePower(null, $"unknown: the catalogue has no '{name}'; set {Variable} to the watts that the machine takes under load");
        // Threads of a core count as cores where the system shows them so: at most the whole processor.
        double part = Math.Min(1, (double)cores / entry.Cores);
        string share = part < 1 ? string.Create(CultureInfo.InvariantCulture, $"{cores} of {entry.Cores} cores of ") : "";
        return new MachinePower(new Watts(entry.Watts * part), $"estimated: {share}{entry.Name}, {entry.Watts.ToString(CultureInfo.InvariantCulture)} W thermal design power ({entry.Source})");
    }

    private static string? ProcessorName(string cpuinfo)
    {
        try
        {
            return File.ReadLines(cpuinfo).FirstOrDefault(l => l.StartsWith("model name", StringComparison.Ordinal))?.Split(':', 2)[^1].Trim() is { Length: > 0 } name ? name : null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }
}
