using System.Text.Json;
using System.Text.Json.Nodes;
using Headroom.Evidence.Documents;

namespace Headroom.Evidence.Tests.Documents;

public sealed class DocumentSchemaTests
{
    [Theory]
    [MemberData(nameof(EvidenceJsonTests.Kinds), MemberType = typeof(EvidenceJsonTests))]
    public void The_schema_names_each_property_that_is_written_and_allows_no_other(string kind)
    {
        Document document = EvidenceJsonTests.Of(kind);
        JsonObject schema = DocumentSchema.Of(document.Schema), properties = schema["properties"]!.AsObject();
        JsonObject written = JsonNode.Parse(EvidenceJson.Serialize(document))!.AsObject();
        Assert.Equal(written.Select(p => p.Key), properties.Select(p => p.Key));
        Assert.False((bool)schema["additionalProperties"]!);
        Assert.Equal(document.Schema, (string?)properties["schema"]!["const"]);
        Assert.Subset(written.Select(p => p.Key).ToHashSet(), schema["required"]!.AsArray().Select(r => (string)r!).ToHashSet());
        Assert.Contains("schema", schema["required"]!.AsArray().Select(r => (string)r!));
        Assert.DoesNotContain(properties, p => p.Value!.GetValueKind() == JsonValueKind.True);
        Assert.Equal("object", (string?)schema["type"]);
    }

    [Fact]
    public void Forms_of_their_own_are_described()
    {
        JsonObject plan = DocumentSchema.Of<PlanDocument>();
        JsonNode measurement = plan["properties"]!["measurements"]!["items"]!["properties"]!;
        Assert.Equal(2, (int)measurement["interval"]!["minItems"]!);
        Assert.Equal("integer", (string?)plan["properties"]!["buffers"]!["items"]!["properties"]!["bytes"]!["type"]);
        JsonNode outcome = DocumentSchema.Of<TrainingDocument>()["properties"]!["outcome"]!["properties"]!["kind"]!;
        Assert.Equal(["completed", "stopped-early", "interrupted", "failed"], outcome["enum"]!.AsArray().Select(v => (string)v!));
    }

    [Fact]
    public void An_unknown_schema_is_refused_with_the_nearest() =>
        Assert.Contains("Did you mean 'headroom/training/1'?", Assert.Throws<InputException>(() => DocumentSchema.Of("headroom/trainin/1")).Message, StringComparison.Ordinal);
}
