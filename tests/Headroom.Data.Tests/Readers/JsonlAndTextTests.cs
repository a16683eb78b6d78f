using Headroom.Data.Columns;
using Headroom.Data.Readers;

namespace Headroom.Data.Tests.Readers;

public sealed class JsonlAndTextTests : IDisposable
{
    private readonly Scratch scratch = new();

    public void Dispose() => scratch.Dispose();

    [Fact]
    public void Jsonl_reads_keys_as_columns()
    {
        var data = Scratch.Read(new JsonlReader { Path = scratch.Write("t.jsonl", "{\"q\":\"a\\u0041\",\"n\":1}\n\n{\"n\":2.5}\n"), Label = "n" });
        Assert.Equal(["aA", null], data.Texts("q").Values.ToArray());
        Assert.Equal([1.0, 2.5], data.Numbers("n").Values.ToArray());
        Assert.Equal(3, data.OriginOf(1).Line);
    }

    [Theory]
    [InlineData("{\"a\":1}\n{\"a\":\n", "line 2")]
    [InlineData("[1]\n", "Array")]
    [InlineData("{\"a\":\"\\ud800\"}\n", "surrogate")]
    public void Broken_jsonl_is_named(string text, string part) => Assert.Contains(part, Scratch.Fails(() => Scratch.Read(new JsonlReader { Path = scratch.Write("t.jsonl", text) })));

    [Theory]
    [InlineData(TextUnit.Line, new[] { "a", "b", "c" }, 4)]
    [InlineData(TextUnit.Paragraph, new[] { "a\nb", "c" }, 4)]
    [InlineData(TextUnit.Document, new[] { "a\nb\n\nc" }, 1)]
    public void Text_is_cut_into_units(TextUnit unit, string[] rows, long lastLine)
    {
        var data = Scratch.Read(new PlainTextReader { Path = scratch.Write("t.txt", "a\nb\n\nc"), Unit = unit });
        Assert.Equal(rows, data.Texts("text").Values.ToArray());
        Assert.Equal(lastLine, data.OriginOf(data.Rows - 1).Line);
        Assert.Equal(ColumnKind.Text, data.Schema.Columns[0].Kind);
    }

    [Fact]
    public void Readers_are_found_by_name() => Assert.Equal(["csv", "dotnet-docs", "idx", "images", "jsonl", "text", "tsv"], ReaderCatalog.Names);

    [Fact]
    public void Reader_is_made_from_settings()
    {
        var path = scratch.Write("t.csv", "a;b\n1;?\n");
        var reader = ReaderCatalog.Create("csv", new() { ["path"] = path, ["separator"] = ";", ["missing"] = "?", ["kinds"] = new System.Text.Json.Nodes.JsonObject { ["b"] = "number" } });
        Assert.True(double.IsNaN(Scratch.Read(reader).Numbers("b").Values[0]));
    }

    [Theory]
    [InlineData("cvs", "path", "Did you mean 'csv'?")]
    [InlineData("csv", "missin", "Did you mean 'missing'?")]
    [InlineData("csv", "skip_lines", "data.skip_lines")]
    public void Wrong_settings_are_refused_with_the_right_ones(string name, string key, string part) =>
        Assert.Contains(part, Scratch.Fails(() => ReaderCatalog.Create(name, new() { [key] = "x" })));

    [Fact]
    public void Every_reader_has_a_schema_of_its_settings() =>
        Assert.All(ReaderCatalog.Names, n => Assert.NotNull(ReaderCatalog.SchemaOf(n)["properties"]));
}
