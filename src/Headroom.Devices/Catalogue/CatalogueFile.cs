using System.Text.Json;
using Headroom.Evidence;
using Headroom.Evidence.Quantities;

namespace Headroom.Devices.Catalogue;

/// <summary>Reads files of accelerators: our own, and those of users, which may also change a device or add prices to it.</summary>
internal static class CatalogueFile
{
    /// <summary>The largest file that is read: 16 MiB.</summary>
    public const int MaximumBytes = 16 << 20;

    private static readonly string[] Figures = ["peaks", "memory", "bandwidth", "link", "network", "nodeSize", "watts", "year"];

    private static readonly Dictionary<string, AcceleratorKind> Kinds = Enum.GetValues<AcceleratorKind>().ToDictionary(k => JsonNamingPolicy.KebabCaseLower.ConvertName(k.ToString()));

    /// <summary>How a file writes the kind: <c>data-centre-gpu</c>.</summary>
    public static string NameOf(AcceleratorKind kind) => Kinds.First(k => k.Value == kind).Key;

    /// <summary>The devices that the file adds or changes, changed ones whole.</summary>
    /// <param name="json">The file's bytes.</param>
    /// <param name="where">What messages call it.</param>
    /// <param name="existing">Finds a device that is there already: by its whole name for a device of the file, by any name for a price.</param>
    /// <param name="standIn">Where figures come from that the file names no source for; null where each needs one.</param>
    /// <exception cref="InputException">The file is no such list: says where and what would be right.</exception>
    public static IReadOnlyList<Accelerator> Parse(ReadOnlyMemory<byte> json, string where, Func<string, bool, Accelerator?> existing, string? standIn)
    {
        const string remedy = "A file of devices is JSON: { \"accelerators\": [ { \"name\": ..., \"kind\": ..., \"peaks\": { \"bf16\": 1.2e14 }, ... } ], \"prices\": [ { \"accelerator\": \"h100\", \"provider\": ..., \"usdPerHour\": 2.5 } ] }.";
        if (json.Length > MaximumBytes) throw new InputException(where, $"it has {json.Length} bytes, and a file of devices at most {MaximumBytes}.", remedy);
        try
        {
            using JsonDocument root = JsonDocument.Parse(json, new JsonDocumentOptions { AllowDuplicateProperties = false, MaxDepth = 16, CommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true });
            var changed = new Dictionary<string, Accelerator>(StringComparer.OrdinalIgnoreCase);
            var file = new JsonFields(root.RootElement, where, "references", "accelerators", "prices");
            var references = new SourceReferences(file, standIn);
            if (!file.Has("accelerators") && !file.Has("prices")) throw new InputException(where, "it has neither 'accelerators' nor 'prices'.", remedy);
            foreach ((JsonElement element, string at) in Items(file, "accelerators"))
            {
                Accelerator read = ReadAccelerator(element, at, name => changed.ContainsKey(name) ? throw new InputException(at, $"'{name}' stands twice in this file.", "Give each device once.") : existing(name, true), references);
                changed.Add(read.Name, read);
            }
            foreach ((JsonElement element, string at) in Items(file, "prices"))
            {
                var fields = new JsonFields(element, at, "accelerator", "provider", "usdPerHour", "basis", "date", "source", "spot");
                string name = fields.Text("accelerator", "h100-sxm");
                Accelerator target = changed.Values.FirstOrDefault(a => a.Aliases.Prepend(a.Name).Any(n => AcceleratorName.Squashed(n) == AcceleratorName.Squashed(name))) ?? Named(name, at, existing);
                target = changed.GetValueOrDefault(target.Name) ?? target;
                // A user's own list comes first: of equal prices, the one that the user pays counts.
                changed[target.Name] = target with { Prices = [ReadPrice(fields, references), .. target.Prices] };
            }
            return [.. changed.Values];
        }
        catch (JsonException e)
        {
            throw new InputException(e.LineNumber is long n ? $"{where}, line {n + 1}" : where, $"this is no JSON: {Until(e.Message)}", remedy);
        }
        catch (InvalidOperationException e)
        {
            // An escape like \ud800 is well-formed JSON but no text.
            throw new InputException(where, $"a text in it can't be read: {e.Message}", "Write the file as UTF-8.");
        }
    }

    private static Accelerator Named(string name, string at, Func<string, bool, Accelerator?> existing)
    {
        try
        {
            return existing(name, false)!;
        }
        catch (InputException e)
        {
            throw new InputException($"{at}: {e.Message}");
        }
    }

    private static IEnumerable<(JsonElement Element, string At)> Items(JsonFields file, string list)
    {
        if (!file.Has(list)) yield break;
        JsonElement value = file[list];
        if (value.ValueKind != JsonValueKind.Array) throw file.Wrong(list, value, "a list in brackets");
        int index = 0;
        foreach (JsonElement element in value.EnumerateArray())
        {
            string name = element.ValueKind == JsonValueKind.Object && element.TryGetProperty("name", out JsonElement n) && n.ValueKind == JsonValueKind.String ? $" ({JsonFields.Short(n.GetString()!)})" : "";
            yield return (element, $"{file.Where}: {list}[{index++}]{name}");
        }
    }

    private static Accelerator ReadAccelerator(JsonElement element, string at, Func<string, Accelerator?> existing, SourceReferences references)
    {
        var fields = new JsonFields(element, at, "name", "maker", "kind", "family", "generation", "year", "peaks", "memory", "bandwidth", "link", "network", "nodeSize", "watts", "prices", "sources", "aliases", "note");
        string name = fields.Text("name", "NVIDIA A100 SXM4 80GB");
        AcceleratorKind? kind = fields.OptionalText("kind", "data-centre-gpu") is { } text ? Kinds.TryGetValue(text, out AcceleratorKind known) ? known : throw fields.Wrong("kind", fields["kind"], $"one of {string.Join(", ", Kinds.Keys)}") : null;
        Accelerator? old = existing(name);
        if (old is null && kind is null) throw new InputException(at, "'kind' is missing, and no device of that name is in the catalogue.", $"Give one of {string.Join(", ", Kinds.Keys)}, or the whole name of a device that is there.");
        string family = fields.OptionalText("family", "H100") ?? old?.Family ?? name;
        return new Accelerator
        {
            Name = old?.Name ?? name,
            Maker = fields.OptionalText("maker", "NVIDIA") ?? old?.Maker ?? "",
            Kind = kind ?? old!.Kind,
            Family = family,
            Generation = fields.OptionalText("generation", "Hopper") ?? old?.Generation ?? family,
            Year = fields.Whole("year", 1990, 2100) ?? old?.Year,
            Peaks = Peaks(fields, old),
            Memory = ReadMemory(fields) ?? old?.Memory,
            Bandwidth = fields.Number("bandwidth", 1e6, "bytes a second, such as 3.35e12") ?? old?.Bandwidth,
            Link = fields.Number("link", 1e6, "bytes a second in one direction, such as 4.5e11") ?? old?.Link,
            Network = fields.Number("network", 1e6, "bytes a second and device in one direction, such as 5e10") ?? old?.Network,
            NodeSize = fields.Whole("nodeSize", 1, 100_000) ?? old?.NodeSize,
            Watts = fields.Number("watts", 1e-3, "watts, such as 700") is double watts ? new Watts(watts) : old?.Watts,
            Prices = fields.Has("prices") ? ReadPrices(fields, references) : old?.Prices ?? [],
            Sources = Sources(fields, old, references),
            Aliases = fields.Texts("aliases") ?? old?.Aliases ?? [],
            Note = fields.OptionalText("note", "") ?? old?.Note,
        };
    }

    private static Dictionary<string, double> Peaks(JsonFields fields, Accelerator? old)
    {
        Dictionary<string, double> peaks = old is null ? [] : new(old.Peaks);
        if (!fields.Has("peaks")) return peaks;
        var given = new JsonFields(fields["peaks"], $"{fields.Where}, peaks", [.. Accelerator.PeakTypes]);
        foreach (string type in Accelerator.PeakTypes)
        {
            // Nothing sold as an accelerator does less than a million a second: a smaller number counts TFLOP/s.
            if (given.Number(type, 1e9, "FLOP/s, dense, such as 9.89e14 for 989 TFLOP/s") is double peak) peaks[type] = peak;
        }
        return peaks;
    }

    private static Bytes? ReadMemory(JsonFields fields)
    {
        const string right = "bytes, such as 8e10, or a text such as \"80GB\" or \"80GiB\"";
        if (!fields.Has("memory")) return null;
        JsonElement value = fields["memory"];
        if (value.ValueKind == JsonValueKind.String) return Bytes.TryParse(value.GetString()!, out Bytes bytes) && bytes.Value >= 1000 ? bytes : throw fields.Wrong("memory", value, right);
        double number = fields.Number("memory", 1000, right)!.Value;
        return number < long.MaxValue ? new Bytes((long)number) : throw fields.Wrong("memory", value, right);
    }

    private static AcceleratorPrice[] ReadPrices(JsonFields fields, SourceReferences references) =>
        [.. Items(fields, "prices").Select(i => ReadPrice(new JsonFields(i.Element, i.At, "provider", "usdPerHour", "basis", "date", "source", "spot"), references))];

    private static AcceleratorPrice ReadPrice(JsonFields fields, SourceReferences references) => new(
        fields.Text("provider", "aws"),
        fields.Number("usdPerHour", 0, "US dollars for an hour of one accelerator, such as 2.49") ?? throw new InputException(fields.Where, "'usdPerHour' is missing.", "Give it, such as \"usdPerHour\": 2.49."),
        fields.OptionalText("basis", "on demand, an eighth of the node") ?? "",
        ReadDate(fields),
        (fields.OptionalText("source", "https://...") is { } source ? references.Whole(source) : references.StandIn) ?? throw new InputException(fields.Where, "'source' is missing.", "Say where the price was read."),
        fields.Flag("spot"));

    private static string? ReadDate(JsonFields fields) => fields.OptionalText("date", "2026-08") is not { } date ? null
        : DateOnly.TryParseExact(date, ["yyyy-MM-dd", "yyyy-MM", "yyyy"], System.Globalization.CultureInfo.InvariantCulture, System.Globalization.DateTimeStyles.None, out _) ? date
        : throw fields.Wrong("date", fields["date"], "a date such as \"2026-08-31\" or \"2026-08\"");

    private static Dictionary<string, IReadOnlyList<string>> Sources(JsonFields fields, Accelerator? old, SourceReferences references)
    {
        Dictionary<string, IReadOnlyList<string>> sources = old is null ? [] : new(old.Sources);
        if (fields.Has("sources"))
        {
            string[] known = [.. Figures, .. Accelerator.PeakTypes.Select(t => "peaks." + t)];
            var given = new JsonFields(fields["sources"], $"{fields.Where}, sources", known);
            foreach (string figure in known)
            {
                if (given.Texts(figure) is { } texts) sources[figure] = [.. texts.Select(references.Whole)];
            }
        }
        if (references.StandIn is not { } standIn) return sources;
        foreach (string type in fields.Has("peaks") ? fields["peaks"].EnumerateObject().Select(p => "peaks." + p.Name) : [])
        {
            if (!Given(fields, type) && !Given(fields, "peaks")) sources[type] = [standIn];
        }
        foreach (string figure in Figures.Skip(1))
        {
            if (fields.Has(figure) && !Given(fields, figure)) sources[figure] = [standIn];
        }
        return sources;
    }

    private static bool Given(JsonFields fields, string figure) => fields.Has("sources") && fields["sources"].TryGetProperty(figure, out _);

    private static string Until(string message)
    {
        int path = message.IndexOf(" LineNumber:", StringComparison.Ordinal);
        return path > 0 ? message[..path] : message;
    }
}
