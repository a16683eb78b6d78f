using Headroom.Evidence;

namespace Headroom.Devices.Catalogue;

/// <summary>Finds the device that somebody means among those of a catalogue.</summary>
internal sealed class AcceleratorSearch
{
    /// <summary>How far a stated memory may lie from a device's: a name's gigabytes are thousands or 1024ths, with or without what error correction takes.</summary>
    private const double MemorySlack = 0.08;

    /// <summary>Words that make another device of a model: never passed over.</summary>
    private static readonly HashSet<string> Variants = ["laptop", "mobile", "max", "maxq", "super", "ultra", "pro", "nvl", "pcie", "sxm"];

    private readonly Dictionary<string, Accelerator> exact = new(StringComparer.Ordinal);
    private readonly (Accelerator Device, HashSet<string> Words, HashSet<string> Own)[] known;
    private readonly Dictionary<string, Accelerator> aliases = new(StringComparer.Ordinal);

    /// <param name="all">The devices; where an alias stands twice, the later device has it.</param>
    public AcceleratorSearch(IReadOnlyList<Accelerator> all)
    {
        foreach (Accelerator device in all)
        {
            foreach (string alias in device.Aliases)
            {
                exact[AcceleratorName.Squashed(alias)] = device;
                // One that states its memory means no other size.
                AcceleratorName read = AcceleratorName.Of(alias);
                if (read.Gigabytes is null) aliases[Key(read.Words)] = device;
            }
        }
        foreach (Accelerator device in all) exact[AcceleratorName.Squashed(device.Name)] = device;
        known = [.. all.Select(d => (d, WordsOf(d), AcceleratorName.Of(d.Name).Words.ToHashSet()))];
    }

    /// <summary>The device, or null with the reason and the names that come near.</summary>
    /// <param name="name">However it is written.</param>
    /// <param name="reason">Why there is none: for a message.</param>
    public Accelerator? Find(string name, out string reason)
    {
        reason = "";
        if (name.Length <= 200 && (exact.TryGetValue(AcceleratorName.Squashed(name), out Accelerator? found) || exact.TryGetValue(AcceleratorName.Squashed(AcceleratorName.Bare(name)), out found))) return found;
        AcceleratorName wanted = AcceleratorName.Of(name.Length <= 200 ? name : name[..200]);
        if (wanted.Words.Count == 0)
        {
            reason = "no device is named.";
            return null;
        }
        if (aliases.TryGetValue(Key(wanted.Words), out found) && Fits(found, wanted.Gigabytes)) return found;
        var fitting = known.Where(k => wanted.Words.All(k.Words.Contains)).ToArray();
        if (fitting.Length == 0 && WithoutStrangers(wanted) is { } rest)
        {
            wanted = rest;
            if (aliases.TryGetValue(Key(wanted.Words), out found) && Fits(found, wanted.Gigabytes)) return found;
            fitting = [.. known.Where(k => wanted.Words.All(k.Words.Contains))];
        }
        if (fitting.Length == 0)
        {
            reason = $"no device of that name is known.{Hint(wanted)}";
            return null;
        }
        var sized = fitting.Where(k => Fits(k.Device, wanted.Gigabytes)).ToArray();
        if (sized.Length == 0)
        {
            reason = $"no such device has {wanted.Gigabytes} GB. There is: {Listed(fitting.Select(k => k.Device))}.";
            return null;
        }
        // The name with the fewest words that were not asked for is meant: '3070' is no RTX 3070 Ti.
        int least = sized.Min(k => Extra(k.Own, wanted));
        Accelerator[] nearest = [.. sized.Where(k => Extra(k.Own, wanted) == least).Select(k => k.Device)];
        if (nearest.Length == 1) return nearest[0];
        reason = $"that may be {Listed(nearest)}. Name one of them.";
        return null;
    }

    /// <summary>The name without words that no device bears and that come near none (a server's maker, a site), where a model is left; null otherwise.</summary>
    private AcceleratorName? WithoutStrangers(AcceleratorName wanted)
    {
        string[] known = [.. wanted.Words.Where(w => w.Length < 3 || Variants.Contains(w) || this.known.Any(k => k.Words.Any(o => o == w || (Sort(o) == Sort(w) && NearestName.Distance(o, w) == 1))))];
        return known.Length < wanted.Words.Count && known.Any(w => w.Length > 1 && w.Any(char.IsAsciiDigit) && this.known.Any(k => k.Own.Contains(w))) ? wanted with { Words = known } : null;
    }

    private static int Extra(HashSet<string> own, AcceleratorName wanted) => own.Count(w => !wanted.Words.Contains(w));

    private static bool Fits(Accelerator device, double? gigabytes) => gigabytes is not double stated || device.Memory is not { } memory
        || Math.Abs(memory.Value / 1e9 / stated - 1) <= MemorySlack || Math.Abs(memory.Value / (double)(1 << 30) / stated - 1) <= MemorySlack
        // A system on a chip is sold with several sizes, of which the largest is kept.
        || (device.Kind == AcceleratorKind.Soc && stated * 1e9 < memory.Value);

    private static HashSet<string> WordsOf(Accelerator device) =>
        [.. AcceleratorName.Of(device.Name).Words, .. device.Aliases.SelectMany(a => AcceleratorName.Of(a).Words)];

    private static string Key(IEnumerable<string> words) => string.Join(' ', words.Order(StringComparer.Ordinal));

    private static string Listed(IEnumerable<Accelerator> devices)
    {
        string[] names = [.. devices.Select(d => d.Name)];
        return string.Join(", ", names.Take(6)) + (names.Length > 6 ? $" and {names.Length - 6} more" : "");
    }

    /// <summary>The nearest real names, by words of the same sort: a model with letters and digits is like another such, never like a maker's word.</summary>
    private string Hint(AcceleratorName wanted)
    {
        // Of several words the one with digits is the model: that's the one that was mistyped.
        string model = wanted.Words.Where(w => w.Any(char.IsAsciiDigit)).MaxBy(w => w.Length) ?? wanted.Words.MaxBy(w => w.Length)!;
        if (model.Length > 40) return "";
        int limit = Math.Max(1, model.Length / 3);
        var near = known
            .Select(k => (k.Device, Distance: k.Words.Where(w => Sort(w) == Sort(model)).Select(w => NearestName.Distance(w, model)).DefaultIfEmpty(int.MaxValue).Min(), Others: wanted.Words.Count(w => !k.Words.Contains(w))))
            .Where(n => n.Distance <= limit)
            .OrderBy(n => n.Distance).ThenBy(n => n.Others)
            .Take(3).Select(n => n.Device.Name).ToArray();
        return near.Length > 0 ? $" Did you mean {string.Join(", ", near[..^1])}{(near.Length > 1 ? " or " : "")}{near[^1]}?" : "";
    }

    private static (bool Letters, bool Digits) Sort(string word) => (word.Any(char.IsAsciiLetter), word.Any(char.IsAsciiDigit));
}
