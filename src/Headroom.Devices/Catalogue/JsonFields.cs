using System.Globalization;
using System.Text.Json;
using Headroom.Evidence;

namespace Headroom.Devices.Catalogue;

/// <summary>One JSON object's fields, read with errors that name the place and say what would be right.</summary>
internal readonly struct JsonFields
{
    private readonly JsonElement element;

    /// <param name="element">The object.</param>
    /// <param name="where">File and place, as messages name it.</param>
    /// <param name="known">The fields that it may have.</param>
    /// <exception cref="InputException">It is no object, or has a field that nobody knows.</exception>
    public JsonFields(JsonElement element, string where, params ReadOnlySpan<string> known)
    {
        (this.element, Where) = (element, where);
        string[] names = known.ToArray();
        if (element.ValueKind != JsonValueKind.Object) throw new InputException(where, $"an object in braces is expected, not {Shown(element)}.", $"Its fields are: {string.Join(", ", names)}.");
        foreach (JsonProperty property in element.EnumerateObject())
        {
            if (!names.Contains(property.Name)) throw new InputException(where, $"there is no field '{Short(property.Name)}'.{NearestName.Hint(property.Name, names)}", $"Its fields are: {string.Join(", ", names)}.");
        }
    }

    /// <summary>File and place, as messages name it.</summary>
    public string Where { get; }

    /// <summary>Whether the field stands there and isn't null.</summary>
    public bool Has(string name) => element.TryGetProperty(name, out JsonElement value) && value.ValueKind != JsonValueKind.Null;

    /// <summary>The field's value; asked for only where <see cref="Has"/>.</summary>
    public JsonElement this[string name] => element.GetProperty(name);

    /// <summary>A text that must be there.</summary>
    public string Text(string name, string example) => OptionalText(name, example) ?? throw new InputException(Where, $"'{name}' is missing.", $"Give it, such as \"{name}\": \"{example}\".");

    /// <summary>A text, or null where the field is absent.</summary>
    public string? OptionalText(string name, string example)
    {
        if (!Has(name)) return null;
        JsonElement value = this[name];
        return value.ValueKind == JsonValueKind.String && value.GetString() is { Length: > 0 and <= 2000 } text && !string.IsNullOrWhiteSpace(text) && !text.Any(char.IsControl)
            ? text.Trim()
            : throw Wrong(name, value, $"a line of text such as \"{example}\"");
    }

    /// <summary>Texts, or null where the field is absent.</summary>
    public string[]? Texts(string name)
    {
        if (!Has(name)) return null;
        JsonElement value = this[name];
        if (value.ValueKind == JsonValueKind.String) return [value.GetString()!];
        if (value.ValueKind != JsonValueKind.Array || value.EnumerateArray().Any(v => v.ValueKind != JsonValueKind.String)) throw Wrong(name, value, "a list of texts in brackets");
        return [.. value.EnumerateArray().Select(v => v.GetString()!)];
    }

    /// <summary>A number of at least <paramref name="least"/>, or null where the field is absent.</summary>
    public double? Number(string name, double least, string right)
    {
        if (!Has(name)) return null;
        JsonElement value = this[name];
        return value.ValueKind == JsonValueKind.Number && value.TryGetDouble(out double number) && double.IsFinite(number) && number >= least ? number : throw Wrong(name, value, right);
    }

    /// <summary>A whole number within bounds, or null where the field is absent.</summary>
    public int? Whole(string name, int least, int most)
    {
        if (!Has(name)) return null;
        JsonElement value = this[name];
        return value.ValueKind == JsonValueKind.Number && value.TryGetInt32(out int number) && number >= least && number <= most
            ? number
            : throw Wrong(name, value, string.Create(CultureInfo.InvariantCulture, $"a whole number from {least} to {most}"));
    }

    /// <summary>True or false; false where the field is absent.</summary>
    public bool Flag(string name) => Has(name) && this[name].ValueKind switch
    {
        JsonValueKind.True => true,
        JsonValueKind.False => false,
        _ => throw Wrong(name, this[name], "true or false"),
    };

    /// <summary>The error for a value that doesn't do.</summary>
    public InputException Wrong(string name, JsonElement value, string right) => new(Where, $"'{name}' is {Shown(value)}.", $"It should be {right}.");

    /// <summary>A value as a message shows it: short.</summary>
    public static string Shown(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Object => "an object",
        JsonValueKind.Array => "a list",
        _ => Short(value.GetRawText()),
    };

    /// <summary>The text's beginning, where it is long.</summary>
    /// <param name="text">Any text.</param>
    public static string Short(string text) => text.Length <= 60 ? text : text[..57] + "...";
}
