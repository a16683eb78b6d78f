using Headroom.Devices.Catalogue;
using Headroom.Evidence;

namespace Headroom.Cli.Devices;

/// <summary>Which devices of a catalogue are shown, and in which order.</summary>
internal static class CatalogueSorting
{
    /// <summary>By what devices can be sorted: the best first, what is unknown last.</summary>
    private static readonly Dictionary<string, Func<IEnumerable<Accelerator>, IEnumerable<Accelerator>>> Orders = new(StringComparer.Ordinal)
    {
        ["price"] = all => all.OrderBy(a => a.Cheapest?.UsdPerHour ?? double.MaxValue),
        ["pflop"] = all => all.OrderBy(a => a.UsdPerPetaflopHour ?? double.MaxValue),
        ["peak"] = all => all.OrderByDescending(a => a.HalfPeak ?? double.MinValue),
        ["memory"] = all => all.OrderByDescending(a => a.Memory?.Value ?? long.MinValue),
        ["bandwidth"] = all => all.OrderByDescending(a => a.Bandwidth ?? double.MinValue),
        ["year"] = all => all.OrderByDescending(a => a.Year ?? int.MinValue),
        ["name"] = all => all.OrderBy(a => a.Name, StringComparer.OrdinalIgnoreCase),
    };

    /// <summary>What <c>--sort</c> takes.</summary>
    public static IReadOnlyCollection<string> Keys => Orders.Keys;

    /// <summary>The devices that the filter leaves, in order.</summary>
    /// <param name="catalogue">All devices.</param>
    /// <param name="filter">Words that a device's name, maker, kind, family, generation or aliases hold, each of them; or null for all.</param>
    /// <param name="sort">One of <see cref="Keys"/>, or null for the catalogue's own order.</param>
    /// <exception cref="InputException">The key is unknown, or nothing is left.</exception>
    public static IReadOnlyList<Accelerator> Chosen(AcceleratorCatalogue catalogue, string? filter, string? sort)
    {
        if (sort is not null && !Orders.ContainsKey(sort)) throw new InputException("--sort", $"'{sort}' is nothing to sort by.{NearestName.Hint(sort, Keys)}", $"Give one of {string.Join(", ", Keys)}.");
        IEnumerable<Accelerator> left = catalogue.All;
        foreach (string word in (filter ?? "").Split(' ', StringSplitOptions.RemoveEmptyEntries)) left = left.Where(a => Holds(a, word));
        Accelerator[] chosen = [.. sort is null ? left : Orders[sort](left)];
        if (chosen.Length > 0) return chosen;
        // A whole name that is written in its own way ('8xA100_80GB') holds no such word, yet means a device.
        if (catalogue.TryFind(filter!, out string reason) is { } one) return [one];
        throw new InputException("--catalogue", $"no device is left by '{filter}': {reason}", "Leave the filter out to see all; its words are looked for in names, makers, kinds, families and generations.");
    }

    private static bool Holds(Accelerator a, string word) =>
        a.Aliases.Append(a.Name).Append(a.Maker).Append(a.Kind.ToString()).Append(a.Family).Append(a.Generation).Any(t => t.Contains(word, StringComparison.OrdinalIgnoreCase));
}
