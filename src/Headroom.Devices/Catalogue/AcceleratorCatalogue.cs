using Headroom.Evidence;

namespace Headroom.Devices.Catalogue;

/// <summary>Accelerators with what sources say of them: those that Headroom brings, and those of a user's own files.</summary>
public sealed class AcceleratorCatalogue
{
    private const string Prefix = "catalogue.accelerators-";

    private static readonly Lazy<AcceleratorCatalogue> Own = new(ReadOwn);

    private readonly AcceleratorSearch search;

    private AcceleratorCatalogue(IReadOnlyList<Accelerator> all)
    {
        All = all;
        search = new AcceleratorSearch(all);
    }

    /// <summary>What Headroom brings: one file a maker, read once.</summary>
    public static AcceleratorCatalogue Default => Own.Value;

    /// <summary>Every device, in the order of its files.</summary>
    public IReadOnlyList<Accelerator> All { get; }

    /// <summary>The device of that name, however it is written: <c>h100</c>, <c>8xA100_80GB_SXM4</c>, <c>tpu-v5e</c>.</summary>
    /// <param name="name">A name; case, signs, makers' words and a count of devices don't matter.</param>
    /// <returns>The one device that is meant.</returns>
    /// <exception cref="InputException">None, or more than one, is called that: names the nearest.</exception>
    public Accelerator Find(string name) => TryFind(name, out string reason) ?? throw new InputException($"device '{(name.Length <= 80 ? name : name[..77] + "...")}': {reason}\n'headroom devices --catalogue' lists all; --devices-file adds your own.");

    /// <summary>As <see cref="Find"/>, with null and the reason in place of an exception: for rows of others' tables.</summary>
    /// <param name="name">A name, however it is written.</param>
    /// <param name="reason">Why there is none; empty where there is one.</param>
    /// <returns>The device, or null.</returns>
    public Accelerator? TryFind(string name, out string reason)
    {
        ArgumentNullException.ThrowIfNull(name);
        return search.Find(name, out reason);
    }

    /// <summary>This catalogue with a user's file: devices that it adds, figures that it changes, prices that it brings.</summary>
    /// <param name="path">A JSON file with <c>accelerators</c>, <c>prices</c> or both.</param>
    /// <returns>A new catalogue; this one stays as it is.</returns>
    /// <exception cref="InputException">The file can't be read, or says something that can't be: names the place and what would be right.</exception>
    public AcceleratorCatalogue With(string path)
    {
        ArgumentNullException.ThrowIfNull(path);
        byte[] json;
        try
        {
            if (new FileInfo(path) is { Exists: true, Length: > CatalogueFile.MaximumBytes } file) throw new InputException(path, $"it has {file.Length} bytes, and a file of devices at most {CatalogueFile.MaximumBytes}.", "Leave out what isn't needed.");
            json = File.ReadAllBytes(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or NotSupportedException or ArgumentException)
        {
            throw FileFaults.Reading(path, e);
        }
        return With(json, path);
    }

    /// <summary>As <see cref="With(string)"/>, from the file's bytes.</summary>
    /// <param name="json">UTF-8 JSON.</param>
    /// <param name="where">What messages call it.</param>
    /// <returns>A new catalogue; this one stays as it is.</returns>
    /// <exception cref="InputException">It says something that can't be: names the place and what would be right.</exception>
    public AcceleratorCatalogue With(ReadOnlyMemory<byte> json, string where)
    {
        IReadOnlyList<Accelerator> changed = CatalogueFile.Parse(json, where, (name, whole) => whole ? Whole(name) : Find(name), $"user file {where}");
        var byName = changed.ToDictionary(a => a.Name, StringComparer.Ordinal);
        List<Accelerator> all = [.. All.Select(a => byName.Remove(a.Name, out Accelerator? other) ? other : a)];
        all.AddRange(changed.Where(a => byName.ContainsKey(a.Name)));
        return new AcceleratorCatalogue(all);
    }

    private Accelerator? Whole(string name) => All.FirstOrDefault(a => AcceleratorName.Squashed(a.Name) == AcceleratorName.Squashed(name));

    private static AcceleratorCatalogue ReadOwn()
    {
        List<Accelerator> all = [];
        foreach (string resource in typeof(AcceleratorCatalogue).Assembly.GetManifestResourceNames().Where(n => n.Contains(Prefix, StringComparison.Ordinal)).Order(StringComparer.Ordinal))
        {
            using Stream stream = typeof(AcceleratorCatalogue).Assembly.GetManifestResourceStream(resource)!;
            using var bytes = new MemoryStream();
            stream.CopyTo(bytes);
            string file = resource[resource.IndexOf("accelerators-", StringComparison.Ordinal)..];
            all.AddRange(CatalogueFile.Parse(bytes.ToArray(), file, (name, _) => all.Any(a => a.Name == name) ? throw new InputException(file, $"'{name}' stands in two files.", "Keep one.") : null, null));
        }
        return new AcceleratorCatalogue(all);
    }
}
