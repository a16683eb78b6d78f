using System.Globalization;
using System.Text.Json;

namespace Headroom.Planning.Serving.Rows;

/// <summary>The cells of a row by names that sources spell differently: <c>tp_size</c>, <c>TP Degree</c>.</summary>
/// <param name="Row">The whole row.</param>
public readonly record struct RowCells(JsonElement Row)
{
    /// <summary>A cell's text.</summary>
    /// <param name="section"><c>model</c>, <c>hardware</c>, <c>config</c>, <c>measured</c> or <c>raw</c>; empty for the row itself.</param>
    /// <param name="names">Spellings, the first that is there wins; case, blanks, marks and HTML are ignored.</param>
    /// <returns>The text, or null.</returns>
    public string? Text(string section, params ReadOnlySpan<string> names)
    {
        foreach (string name in names)
        {
            if (Cell(section, name) is not { } cell) continue;
            string? text = cell.ValueKind switch { JsonValueKind.String => cell.GetString(), JsonValueKind.Number => cell.GetRawText(), JsonValueKind.True => "true", JsonValueKind.False => "false", _ => null };
            if (!string.IsNullOrWhiteSpace(text)) return text;
        }

        return null;
    }

    /// <summary>A cell's number, out of text too.</summary>
    /// <param name="section">As in <see cref="Text"/>.</param>
    /// <param name="names">Spellings.</param>
    /// <returns>The number, or null.</returns>
    public double? Number(string section, params ReadOnlySpan<string> names)
    {
        foreach (string name in names)
        {
            if (Text(section, name) is { } text && NumberFormats.TryNumber(text, out double value)) return value;
        }

        return null;
    }

    /// <summary>A cell that is true.</summary>
    /// <param name="section">As in <see cref="Text"/>.</param>
    /// <param name="name">Its name.</param>
    /// <returns>Whether it is there and true.</returns>
    public bool Flag(string section, string name) => Text(section, name) is { } text && text.Equals("true", StringComparison.OrdinalIgnoreCase);

    /// <summary>All cells of a section.</summary>
    /// <param name="section">As in <see cref="Text"/>.</param>
    /// <returns>Names as written, and texts.</returns>
    public IEnumerable<(string Name, string Text)> Cells(string section)
    {
        JsonElement? part = Section(section);
        return part is not { ValueKind: JsonValueKind.Object } found
            ? []
            : found.EnumerateObject().Where(p => p.Value.ValueKind is JsonValueKind.String or JsonValueKind.Number).Select(p => (p.Name, p.Value.ToString()));
    }

    /// <summary>A name with nothing left but letters and digits, so that spellings meet.</summary>
    /// <param name="name">As written.</param>
    /// <returns>Lower case.</returns>
    public static string Key(string name) => string.Concat(name.Replace("<br/>", " ", StringComparison.OrdinalIgnoreCase).Where(char.IsLetterOrDigit)).ToLower(CultureInfo.InvariantCulture);

    private JsonElement? Section(string section) =>
        section.Length == 0 ? Row : Row.ValueKind == JsonValueKind.Object && Row.TryGetProperty(section, out JsonElement part) ? part : null;

    private JsonElement? Cell(string section, string name)
    {
        if (Section(section) is not { ValueKind: JsonValueKind.Object } part) return null;
        if (part.TryGetProperty(name, out JsonElement exact)) return exact;
        string key = Key(name);
        foreach (JsonProperty property in part.EnumerateObject())
        {
            if (Key(property.Name) == key) return property.Value;
        }

        return null;
    }
}
