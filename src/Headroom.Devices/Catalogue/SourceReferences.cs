namespace Headroom.Devices.Catalogue;

/// <summary>A file's short names for the sources that it names again and again: <c>"references": { "wikipedia": "https://..." }</c>.</summary>
/// <remarks>A source is a reference's name, a name with a note (<c>neuron: of an instance's 16</c>), or a text of its own.</remarks>
internal sealed class SourceReferences
{
    private readonly Dictionary<string, string> known = new(StringComparer.Ordinal);

    /// <param name="file">The file's object.</param>
    /// <param name="standIn">What counts as the source of a figure that names none; null where each must name one.</param>
    public SourceReferences(JsonFields file, string? standIn)
    {
        StandIn = standIn;
        if (!file.Has("references")) return;
        string[] names = [.. file["references"] is { ValueKind: System.Text.Json.JsonValueKind.Object } all ? all.EnumerateObject().Select(p => p.Name) : []];
        var fields = new JsonFields(file["references"], $"{file.Where}, references", names);
        foreach (string name in names) known[name] = fields.Text(name, "https://...");
    }

    /// <summary>What counts as the source of a figure that names none; null where each must name one.</summary>
    public string? StandIn { get; }

    /// <summary>The source in full.</summary>
    /// <param name="source">As the file writes it.</param>
    public string Whole(string source)
    {
        if (known.TryGetValue(source, out string? whole)) return whole;
        int colon = source.IndexOf(": ", StringComparison.Ordinal);
        return colon > 0 && known.TryGetValue(source[..colon], out whole) ? $"{whole} ({source[(colon + 2)..]})" : source;
    }
}
