using System.Text.Json;
using Headroom.Evidence;

namespace Headroom.Devices.Power;

/// <summary>Power of processors and accelerators, from their makers' pages: one file a maker, in <c>catalogue/</c>.</summary>
public static class PowerCatalogue
{
    public static IReadOnlyList<PowerEntry> All { get; } = Read();

    /// <summary>The entry for a model's name as a system gives it; null where none fits, or where the name says no model.</summary>
    /// <remarks>The longest match counts: <c>EPYC 9654P</c> before <c>EPYC 9654</c>.</remarks>
    public static PowerEntry? Find(string name) => All.Where(e => name.Contains(e.Match, StringComparison.OrdinalIgnoreCase)).MaxBy(e => e.Match.Length);

    private static PowerEntry[] Read()
    {
        var entries = new List<PowerEntry>();
        foreach (string resource in typeof(PowerCatalogue).Assembly.GetManifestResourceNames().Where(n => !n.Contains(".accelerators-", StringComparison.Ordinal)).Order(StringComparer.Ordinal))
        {
            using Stream stream = typeof(PowerCatalogue).Assembly.GetManifestResourceStream(resource)!;
            entries.AddRange(JsonSerializer.Deserialize<PowerEntry[]>(stream, EvidenceJson.Options)!);
        }
        return [.. entries];
    }
}
