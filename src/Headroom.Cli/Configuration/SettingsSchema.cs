using System.Collections.Immutable;
using System.Reflection;
using System.Text.Json;
using System.Text.Json.Nodes;
using Headroom.Evidence.Quantities;
using Headroom.Data.Readers;

namespace Headroom.Cli.Configuration;

/// <summary>The JSON schema of headroom.yaml, made from the records that bind it, so that the two can't differ.</summary>
internal static class SettingsSchema
{
    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true, NewLine = "\n" };

    public static string Text()
    {
        JsonObject schema = Of(typeof(ProjectSettings));
        schema.Insert(0, "$schema", "https://json-schema.org/draft/2020-12/schema");
        schema.Insert(1, "title", "headroom.yaml");
        return schema.ToJsonString(Indented);
    }

    private static JsonObject Of(Type type)
    {
        Type t = Nullable.GetUnderlyingType(type) ?? type;
        if (t == typeof(ReaderSettings)) return Reader();
        if (t == typeof(string)) return new JsonObject { ["type"] = "string" };
        if (t == typeof(Uri)) return new JsonObject { ["type"] = "string", ["format"] = "uri" };
        if (t == typeof(Bytes)) return new JsonObject { ["type"] = new JsonArray("string", "integer"), ["examples"] = new JsonArray("600MiB", "2 GiB") };
        if (t == typeof(bool)) return new JsonObject { ["type"] = "boolean" };
        if (t == typeof(double) || t == typeof(float)) return new JsonObject { ["type"] = "number" };
        if (t.IsPrimitive) return new JsonObject { ["type"] = "integer" };
        if (t.IsEnum) return new JsonObject { ["enum"] = new JsonArray([.. Enum.GetNames(t).Select(n => (JsonNode)YamlBinder.Key(n))]) };
        if (t.IsGenericType) return new JsonObject { ["type"] = "array", ["items"] = Of(t.GetGenericArguments()[0]) };
        ImmutableArray<PropertyInfo> properties = [.. t.GetProperties().Where(p => p.SetMethod is not null)];
        return new JsonObject
        {
            ["type"] = "object",
            ["additionalProperties"] = false,
            ["properties"] = new JsonObject(properties.Select(p => KeyValuePair.Create(YamlBinder.Key(p.Name), (JsonNode?)Of(p.PropertyType)))),
        };
    }

    /// <summary>A reader's keys and no others, beside its name.</summary>
    private static JsonNode Of(string reader)
    {
        JsonObject schema = ReaderCatalog.SchemaOf(reader).AsObject();
        schema["type"] = "object";
        schema["properties"]!.AsObject().Insert(0, "reader", new JsonObject { ["const"] = reader });
        return schema;
    }

    /// <summary>A reader's name decides which other keys it has.</summary>
    private static JsonObject Reader() => new()
    {
        ["type"] = "object",
        ["required"] = new JsonArray("reader"),
        ["properties"] = new JsonObject { ["reader"] = new JsonObject { ["enum"] = new JsonArray([.. ReaderCatalog.Names.Select(n => (JsonNode)n)]) } },
        ["allOf"] = new JsonArray([.. ReaderCatalog.Names.Select(n => (JsonNode)new JsonObject
        {
            ["if"] = new JsonObject { ["properties"] = new JsonObject { ["reader"] = new JsonObject { ["const"] = n } } },
            ["then"] = Of(n),
        })]),
    };
}
