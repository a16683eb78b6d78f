using System.Text.Json;
using Headroom.Evidence;

namespace Headroom.Graph.HuggingFace;

/// <summary>The keys of one JSON object of a <c>config.json</c>; every fault names file and key.</summary>
/// <param name="json">An object.</param>
/// <param name="file">The file's name.</param>
/// <param name="path">The keys that lead to the object, each with a dot behind.</param>
internal sealed class ConfigFields(JsonElement json, string file, string path = "")
{
    private const string Remedy = "Take the model's own config.json, as its maker publishes it.";

    /// <summary>Whether the key is there, and not null.</summary>
    public bool Has(string key) => Find(key) is not null;

    /// <summary>The first of the names that is there; the first of all where none is.</summary>
    public string Named(params string[] keys) => Array.Find(keys, Has) ?? keys[0];

    /// <summary>A whole number in [least, most].</summary>
    public int Count(string key, int? otherwise = null, int least = 1, int most = int.MaxValue)
    {
        if (Find(key) is not JsonElement value) return otherwise ?? throw Missing(key);
        return value.ValueKind == JsonValueKind.Number && value.TryGetInt32(out int count) && count >= least && count <= most ? count
            : throw Fault(key, $"is {Shown(value)}, which is no whole number from {least} to {most}");
    }

    /// <summary>A whole number from 1 on, or null where the key isn't there.</summary>
    public int? OptionalCount(string key, int least = 1) => Has(key) ? Count(key, least: least) : null;

    /// <summary>A finite number above 0.</summary>
    public double Number(string key, double? otherwise = null)
    {
        if (Find(key) is not JsonElement value) return otherwise ?? throw Missing(key);
        return value.ValueKind == JsonValueKind.Number && value.TryGetDouble(out double number) && double.IsFinite(number) && number > 0 ? number
            : throw Fault(key, $"is {Shown(value)}, which is no number above 0");
    }

    public double? OptionalNumber(string key) => Has(key) ? Number(key) : null;

    public bool Flag(string key, bool otherwise) => Find(key) is not JsonElement value ? otherwise
        : value.ValueKind switch { JsonValueKind.True => true, JsonValueKind.False => false, _ => throw Fault(key, $"is {Shown(value)}, where true or false is needed") };

    public string Text(string key, string? otherwise = null) => Find(key) is not JsonElement value ? otherwise ?? throw Missing(key)
        : value.ValueKind == JsonValueKind.String ? String(key, value) : throw Fault(key, $"is {Shown(value)}, where a text is needed");

    /// <summary>The object under a key, or null.</summary>
    public ConfigFields? Object(string key) => Find(key) is not JsonElement value ? null
        : value.ValueKind == JsonValueKind.Object ? new ConfigFields(value, file, $"{path}{key}.") : throw Fault(key, $"is {Shown(value)}, where an object is needed");

    /// <summary>A list of texts, or null.</summary>
    public string[]? Texts(string key) => List(key)?.Select(v => v.ValueKind == JsonValueKind.String ? String(key, v) : throw Fault(key, $"holds {Shown(v)}, where a text is needed")).ToArray();

    /// <summary>A list of whole numbers from 0 on, or null.</summary>
    public int[]? Counts(string key) => List(key)?.Select(v => v.ValueKind == JsonValueKind.Number && v.TryGetInt32(out int n) && n >= 0 ? n
        : throw Fault(key, $"holds {Shown(v)}, where a whole number from 0 on is needed")).ToArray();

    /// <summary>How many keys the object has.</summary>
    public int Size => json.GetPropertyCount();

    /// <summary>The fault of a key; the words go on after its name.</summary>
    public InputException Fault(string key, string what) => new(file, $"{path}{key} {what}.", Remedy);

    private InputException Missing(string key) => Fault(key, $"is missing.{NearestName.Hint(key, json.EnumerateObject().Take(200).Select(Name))}".TrimEnd('.'));

    private JsonElement? Find(string key) => json.TryGetProperty(key, out JsonElement value) && value.ValueKind != JsonValueKind.Null ? value : null;

    private JsonElement[]? List(string key) => Find(key) is not JsonElement value ? null
        : value.ValueKind == JsonValueKind.Array ? [.. value.EnumerateArray()] : throw Fault(key, $"is {Shown(value)}, where a list is needed");

    private string String(string key, JsonElement value)
    {
        try
        {
            return value.GetString()!;
        }
        catch (InvalidOperationException)
        {
            throw Fault(key, "holds half a character, which is no text");
        }
    }

    private static string Name(JsonProperty property)
    {
        try
        {
            return property.Name;
        }
        catch (InvalidOperationException)
        {
            return "";
        }
    }

    private static string Shown(JsonElement value)
    {
        string text = value.GetRawText();
        return text.Length <= 40 ? text : text[..40] + "...";
    }
}
