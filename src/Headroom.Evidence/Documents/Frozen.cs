using System.Collections.ObjectModel;
using System.Globalization;
using System.Text.Json;

namespace Headroom.Evidence.Documents;

/// <summary>Copies that nobody can change, checked for what a reader could put into them: nulls, double names, hashes that are none.</summary>
internal static class Frozen
{
    public static IReadOnlyDictionary<string, T> Empty<T>() => ReadOnlyDictionary<string, T>.Empty;

    public static IReadOnlyList<T> List<T>(IReadOnlyList<T> values, string what)
    {
        ArgumentNullException.ThrowIfNull(values);
        T[] copy = [.. values];
        foreach (T value in copy)
        {
            if (value is null) throw new ArgumentException($"{what} holds a null.");
        }
        return copy.AsReadOnly();
    }

    public static IReadOnlyList<Measurement> Measurements(IReadOnlyList<Measurement> values)
    {
        IReadOnlyList<Measurement> copy = List(values, "measurements");
        HashSet<string> names = new(StringComparer.Ordinal);
        foreach (Measurement m in copy)
        {
            if (!names.Add(m.Name)) throw new ArgumentException($"The measurement '{m.Name}' occurs twice; a document holds each name once.");
        }
        return copy;
    }

    public static IReadOnlyDictionary<string, string> Strings(IReadOnlyDictionary<string, string> values, string what) =>
        Dictionary(values, value => value is null ? $"{what} holds a null" : null);

    public static IReadOnlyDictionary<string, string> Hashes(IReadOnlyDictionary<string, string> values) =>
        Dictionary(values, value => ContentHash.IsValid(value) ? null : $"'{value}' is no lower-case hexadecimal SHA-256 of 64 digits");

    public static IReadOnlyDictionary<string, JsonElement> Settings(IReadOnlyDictionary<string, JsonElement> values) =>
        Dictionary(values, value => value.ValueKind == JsonValueKind.Undefined ? "it has no value" : null, value => value.Clone());

    public static string Show(double value) => value.ToString("R", CultureInfo.InvariantCulture);

    /// <summary>Keeps the order in which the names came: a document is written the same each time.</summary>
    private static ReadOnlyDictionary<string, T> Dictionary<T>(IReadOnlyDictionary<string, T> values, Func<T, string?> fault, Func<T, T>? copy = null)
    {
        ArgumentNullException.ThrowIfNull(values);
        OrderedDictionary<string, T> ordered = new(values.Count, StringComparer.Ordinal);
        foreach ((string name, T value) in values)
        {
            if (fault(value) is string what) throw new ArgumentException($"'{name}': {what}.");
            ordered.Add(name, copy is null ? value : copy(value));
        }
        return new ReadOnlyDictionary<string, T>(ordered);
    }
}
