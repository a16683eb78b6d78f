using System.Text.Json.Nodes;
using System.Text.Json.Schema;
using Headroom.Evidence.Documents;
using Headroom.Evidence.Quantities;

namespace Headroom.Evidence;

/// <summary>The JSON Schema (draft 2020-12) of each document, made from its type.</summary>
public static class DocumentSchema
{
    /// <summary>The schema of one type of document.</summary>
    public static JsonObject Of<T>() where T : Document => Of(typeof(T));

    /// <summary>The schema of the document of that name, for example <c>headroom/plan/1</c>.</summary>
    /// <exception cref="InputException">There is no such document.</exception>
    public static JsonObject Of(string schema) => EvidenceJson.Schemas.TryGetValue(schema, out Type? type)
        ? Of(type)
        : throw new InputException(schema, $"this is no document of Headroom.{NearestName.Hint(schema, EvidenceJson.Schemas.Keys)}",
            "Known are: " + string.Join(", ", EvidenceJson.Schemas.Keys));

    private static JsonObject Of(Type type)
    {
        string name = EvidenceJson.Schemas.First(s => s.Value == type).Key;
        JsonSchemaExporterOptions options = new() { TransformSchemaNode = Transform, TreatNullObliviousAsNonNullable = true };
        JsonObject schema = EvidenceJson.Options.GetJsonSchemaAsNode(type, options).AsObject();
        schema["properties"]!.AsObject()["schema"] = new JsonObject { ["const"] = name };
        schema["required"]!.AsArray().Insert(0, "schema");
        schema.Insert(0, "$schema", "https://json-schema.org/draft/2020-12/schema");
        schema.Insert(1, "title", name);
        return schema;
    }

    /// <summary>Types with a form of their own, which the exporter can't see into.</summary>
    private static JsonNode Transform(JsonSchemaExporterContext context, JsonNode schema)
    {
        Type type = context.TypeInfo.Type;
        if (type == typeof(Bytes)) return new JsonObject { ["type"] = "integer", ["description"] = "bytes" };
        if (type == typeof(Flops)) return new JsonObject { ["type"] = "number", ["description"] = "floating-point operations" };
        if (type == typeof(Seconds)) return new JsonObject { ["type"] = "number", ["description"] = "seconds" };
        if (type == typeof(DateTimeOffset)) return new JsonObject { ["type"] = "string", ["format"] = "date-time", ["pattern"] = "Z$" };
        // The exporter does not call back for an opaque type that may be null, so the interval is put where it stands (a second mention is a $ref).
        if (type == typeof(Measurement) && schema["properties"] is JsonObject properties) properties["interval"] = IntervalSchema();
        return schema;
    }

    private static JsonObject IntervalSchema() => new()
    {
        ["type"] = new JsonArray("array", "null"),
        ["description"] = "[low, high]; an end that is null is unbounded",
        ["items"] = new JsonObject { ["type"] = new JsonArray("number", "null") },
        ["minItems"] = 2,
        ["maxItems"] = 2,
        ["default"] = null,
    };
}
