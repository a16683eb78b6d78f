using System.Text.Json;

namespace Headroom.Evidence.Documents;

/// <summary>Makes the settings of a document: names to JSON values, in order.</summary>
public static class Settings
{
    /// <summary>From names and plain values (text, numbers, true or false, lists, records of those).</summary>
    /// <exception cref="ArgumentException">A name occurs twice, or a number is NaN or infinite.</exception>
    public static IReadOnlyDictionary<string, JsonElement> Of(params ReadOnlySpan<(string Name, object? Value)> settings)
    {
        OrderedDictionary<string, JsonElement> result = new(settings.Length, StringComparer.Ordinal);
        foreach ((string name, object? value) in settings)
        {
            if (!result.TryAdd(name, Element(value))) throw new ArgumentException($"The setting '{name}' occurs twice.");
        }
        return result;
    }

    /// <summary>From the public properties of an options record, in their order and in lower camel case.</summary>
    /// <exception cref="ArgumentException">It is not written as a JSON object, or a number is NaN or infinite.</exception>
    public static IReadOnlyDictionary<string, JsonElement> From<T>(T options)
    {
        JsonElement element = Element(options);
        if (element.ValueKind != JsonValueKind.Object) throw new ArgumentException($"{typeof(T).Name} is written as {element.ValueKind}, not as an object.");
        OrderedDictionary<string, JsonElement> result = new(StringComparer.Ordinal);
        foreach (JsonProperty property in element.EnumerateObject()) result.Add(property.Name, property.Value);
        return result;
    }

    private static JsonElement Element<T>(T value) => JsonSerializer.SerializeToElement(value, EvidenceJson.Options);
}
