using System.Globalization;
using System.Text.Json;

namespace Headroom.Planning.Tables;

/// <summary>One section of a measured row, read as people write tables: numbers within text, <c>Y</c> for true, case and signs of names as they come.</summary>
public readonly struct RowFields
{
    private readonly JsonElement _section;

    /// <summary>Reads a section.</summary>
    /// <param name="section">Its JSON; anything but an object has no fields.</param>
    public RowFields(JsonElement section) => _section = section;

    /// <summary>Whether the section has fields at all.</summary>
    public bool IsEmpty => _section.ValueKind != JsonValueKind.Object || !_section.EnumerateObject().Any();

    /// <summary>The section as it stands in the file.</summary>
    public JsonElement Json => _section;

    /// <summary>A nested section: <c>raw</c>.</summary>
    /// <param name="name">Its name.</param>
    /// <returns>The section; an empty one where there is none.</returns>
    public RowFields Section(string name) => new(Find(name) ?? default);

    /// <summary>A field's text; numbers and truths as text.</summary>
    /// <param name="names">Spellings; the first that has a value wins.</param>
    /// <returns>The text, or null where none has one.</returns>
    public string? Text(params ReadOnlySpan<string> names)
    {
        foreach (string name in names)
        {
            string? text = Find(name) is not { } value ? null : value.ValueKind switch
            {
                JsonValueKind.String => value.GetString(),
                JsonValueKind.Number => value.GetRawText(),
                JsonValueKind.True => "true",
                JsonValueKind.False => "false",
                _ => null,
            };
            if (!string.IsNullOrWhiteSpace(text)) return text.Trim();
        }
        return null;
    }

    /// <summary>A field's number, out of text too: <c>1,024</c>, <c>26GB</c>.</summary>
    /// <param name="names">Spellings; the first that has a number wins.</param>
    /// <returns>The number, or null.</returns>
    public double? Number(params ReadOnlySpan<string> names)
    {
        foreach (string name in names)
        {
            if (Find(name) is { ValueKind: JsonValueKind.Number } value && value.TryGetDouble(out double number) && double.IsFinite(number)) return number;
            if (Text(name) is { } text && ParseLeading(text) is double read) return read;
        }
        return null;
    }

    /// <summary>A whole number of at least 1.</summary>
    /// <param name="names">Spellings.</param>
    /// <returns>The number, or null where none has one within an int.</returns>
    public int? Count(params ReadOnlySpan<string> names) => Number(names) is double n and >= 1 and <= int.MaxValue ? (int)n : null;

    /// <summary>A field that is true or false.</summary>
    /// <param name="names">Spellings.</param>
    /// <returns>What it says, or null where nothing does.</returns>
    public bool? Flag(params ReadOnlySpan<string> names) => Text(names)?.ToLowerInvariant() switch
    {
        null => null,
        "true" or "yes" or "y" or "on" or "enabled" => true,
        "false" or "no" or "n" or "off" or "none" or "disabled" => false,
        { } other => ParseLeading(other) is double n ? n != 0 : null,
    };

    /// <summary>Names as written, with their values' text.</summary>
    public IEnumerable<(string Name, string Text)> All => _section.ValueKind != JsonValueKind.Object
        ? []
        : _section.EnumerateObject().Where(p => p.Value.ValueKind is JsonValueKind.String or JsonValueKind.Number or JsonValueKind.True or JsonValueKind.False).Select(p => (p.Name, p.Value.ToString()));

    /// <summary>The number that a text begins with, thousands' commas left out.</summary>
    /// <param name="text">As written.</param>
    /// <returns>The number, or null where it begins with none.</returns>
    public static double? ParseLeading(string text)
    {
        string plain = text.Replace(",", "", StringComparison.Ordinal).TrimStart('~', '$', '≈', '<', '>', ' ');
        int end = 0;
        while (end < plain.Length && (char.IsAsciiDigit(plain[end]) || plain[end] == '.' || (end == 0 && plain[end] is '-' or '+') || IsExponent(plain, end))) end++;
        return end > 0 && double.TryParse(plain.AsSpan(0, end).TrimEnd('.'), NumberStyles.Float, CultureInfo.InvariantCulture, out double n) && double.IsFinite(n) ? n : null;
    }

    private static bool IsExponent(string text, int at) => at > 0 && ((text[at] is 'e' or 'E' && at + 1 < text.Length && (char.IsAsciiDigit(text[at + 1]) || (text[at + 1] is '-' or '+' && at + 2 < text.Length && char.IsAsciiDigit(text[at + 2]))))
        || (text[at] is '-' or '+' && text[at - 1] is 'e' or 'E'));

    private static string Key(string name) => string.Concat(name.Where(char.IsAsciiLetterOrDigit)).ToLowerInvariant();

    private JsonElement? Find(string name)
    {
        if (_section.ValueKind != JsonValueKind.Object) return null;
        if (_section.TryGetProperty(name, out JsonElement exact)) return exact.ValueKind == JsonValueKind.Null ? null : exact;
        string key = Key(name);
        foreach (JsonProperty property in _section.EnumerateObject())
        {
            if (property.Value.ValueKind != JsonValueKind.Null && Key(property.Name) == key) return property.Value;
        }
        return null;
    }
}
