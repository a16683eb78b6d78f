using System.Reflection;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Schema;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using Headroom.Evidence;

namespace Headroom.Data.Readers;

/// <summary>Finds readers by name and makes them from settings, whose keys are the reader's properties in snake_case.</summary>
public static class ReaderCatalog
{
    private static readonly JsonSerializerOptions Options = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
        NumberHandling = JsonNumberHandling.AllowReadingFromString,
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.SnakeCaseLower) },
        TypeInfoResolver = new DefaultJsonTypeInfoResolver(), // the schema may be asked for before anything was read
    };

    private static readonly SortedDictionary<string, Type> Types = new(
        typeof(Reader).Assembly.GetTypes()
            .Where(t => t.IsSubclassOf(typeof(Reader)) && !t.IsAbstract)
            .ToDictionary(t => t.GetCustomAttribute<ReaderAttribute>()!.Name), StringComparer.Ordinal);

    /// <summary>The names of all readers, sorted.</summary>
    public static IReadOnlyCollection<string> Names => Types.Keys;

    /// <summary>Makes a reader.</summary>
    /// <param name="name">One of <see cref="Names"/>.</param>
    /// <param name="settings">The reader's settings; none may be unknown.</param>
    /// <exception cref="InputException">The name or a key is unknown (the nearest right one is named), or a value does not fit its key.</exception>
    public static Reader Create(string name, JsonObject? settings = null)
    {
        var type = Find(name);
        var keys = type.GetProperties().Where(p => p.GetCustomAttribute<JsonIgnoreAttribute>() is null).Select(p => JsonNamingPolicy.SnakeCaseLower.ConvertName(p.Name)).ToArray();
        foreach (var (key, _) in settings ?? [])
        {
            if (!keys.Contains(key))
            {
                throw new InputException($"data.{key}", $"the reader '{name}' has no setting '{key}'", $"{NearestName.Hint(key, keys)} Its settings are {NameList.Of(keys)}.".TrimStart());
            }
        }
        try
        {
            var reader = (Reader)(settings ?? []).Deserialize(type, Options)!;
            reader.Check();
            return reader;
        }
        catch (JsonException e)
        {
            var path = e.Path?.TrimStart('$', '.') ?? "";
            throw new InputException($"data.{path}: {ReaderValue.Fault(type, path, settings)}\ndocs/headroom-yaml.md says what the key takes.", e);
        }
    }

    /// <summary>The JSON schema of a reader's settings.</summary>
    /// <exception cref="InputException">The name is unknown.</exception>
    public static JsonNode SchemaOf(string name) => Options.GetJsonSchemaAsNode(Find(name));

    private static Type Find(string name)
    {
        if (Types.TryGetValue(name, out var type))
        {
            return type;
        }
        throw new InputException("data", $"there is no reader '{name}'", $"{NearestName.Hint(name, Names)} Readers are {NameList.Of(Names)}.".TrimStart());
    }
}
