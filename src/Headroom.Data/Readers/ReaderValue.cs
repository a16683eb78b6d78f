using System.Text.Json;
using System.Text.Json.Nodes;
using Headroom.Evidence;

namespace Headroom.Data.Readers;

/// <summary>Says what a reader's setting takes, where a value did not fit it.</summary>
internal static class ReaderValue
{
    /// <param name="reader">The reader's type.</param>
    /// <param name="path">The setting's place, such as <c>kinds.age</c> or <c>drop[1]</c>.</param>
    /// <param name="settings">All of the reader's.</param>
    public static string Fault(Type reader, string path, JsonObject? settings)
    {
        var keys = path.Split('.', '[', ']').Where(k => k.Length > 0).ToArray();
        Type? type = reader.GetProperties().FirstOrDefault(p => JsonNamingPolicy.SnakeCaseLower.ConvertName(p.Name) == keys.FirstOrDefault())?.PropertyType;
        JsonNode? value = settings;
        foreach (var (i, key) in keys.Index())
        {
            value = value is JsonArray list && int.TryParse(key, out var at) && at < list.Count ? list[at] : (value as JsonObject)?[key];
            type = i == 0 ? type : type?.GetGenericArguments().LastOrDefault();
        }
        var shown = value is null ? "no value" : value.GetValueKind() is JsonValueKind.Object or JsonValueKind.Array ? value.ToJsonString() : $"'{value}'";
        return $"{(shown.Length > 60 ? shown[..60] + "..." : shown)} is not {Wanted(type is null ? null : Nullable.GetUnderlyingType(type) ?? type, value)}";
    }

    private static string Wanted(Type? type, JsonNode? value)
    {
        if (type is null)
        {
            return "what it takes";
        }
        if (type.IsEnum)
        {
            string[] names = [.. Enum.GetNames(type).Select(JsonNamingPolicy.SnakeCaseLower.ConvertName)];
            return $"one of {string.Join(", ", names)}.{NearestName.Hint(value?.ToString() ?? "", names)}";
        }
        return type == typeof(string) ? "text; put it in quotes"
            : type == typeof(bool) ? "true or false"
            : type == typeof(int) || type == typeof(long) ? "a whole number"
            : type.IsGenericType && type.GetGenericArguments().Length == 1 ? "a list, such as [a, b]"
            : "a mapping, such as { a: b }";
    }
}
