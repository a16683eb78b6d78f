using System.Text;
using CsCheck;
using Headroom.Evidence;
using Headroom.Planning.Tables;

namespace Headroom.Planning.Tests.Tables;

public sealed class MeasuredTableTests
{
    private const string Good = """{"kind": "llm-train", "rows": [{"table": "t", "model": {"name": "m", "layers": "24"}, "hardware": {"accelerator": "A100", "count": 8}, "config": {"micro_batch": "1,024", "Peak Mem": "26GB", "flash": "Y", "off": null}, "measured": {"step_seconds": 1.5e-1}}]}""";

    private static MeasuredTable Parse(string json) => MeasuredTable.Parse(Encoding.UTF8.GetBytes(json), "folder/some.json");

    [Fact]
    public void Cells_are_read_as_people_write_them()
    {
        MeasuredTable table = Parse(Good);
        MeasuredRow row = Assert.Single(table.Rows);
        Assert.Equal(("some", "llm-train", 1), (table.Name, table.Kind, row.Number));
        Assert.Equal(24, row.Model.Count("layers"));
        Assert.Equal(1024, row.Config.Number("microBatch"));
        Assert.Equal(26, row.Config.Number("nothing", "peak_mem"));
        Assert.True(row.Config.Flag("flash"));
        Assert.Null(row.Config.Text("off"));
        Assert.Null(row.Config.Flag("absent"));
        Assert.Equal(0.15, row.Measured.Number("step_seconds"));
        Assert.StartsWith("row 1: m, 8 x A100", row.Label, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("1,234.5 ms", 1234.5)]
    [InlineData("~0.661s", 0.661)]
    [InlineData("2e3", 2000.0)]
    [InlineData("1.5E-2x", 0.015)]
    [InlineData("-3", -3.0)]
    [InlineData("7.", 7.0)]
    [InlineData("many", null)]
    [InlineData("", null)]
    [InlineData("1e999", null)]
    [InlineData("4 epochs", 4.0)]
    public void A_text_s_leading_number_counts(string text, double? number) => Assert.Equal(number, RowFields.ParseLeading(text));

    [Theory]
    [InlineData("nonsense", "it is no JSON")]
    [InlineData("{}", "no list of rows")]
    [InlineData("""{"rows": 3}""", "no list of rows")]
    [InlineData("""{"rows": [{}, 7]}""", "row 2")]
    [InlineData("""{"rows": [{"model": "\ud800"}]}""", "row 1")]
    public void What_is_wrong_is_named_with_its_place(string json, string said)
    {
        var e = Assert.Throws<InputException>(() => Parse(json));
        Assert.Contains("some.json", e.Message, StringComparison.Ordinal);
        Assert.Contains(said, e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_missing_file_is_named() => Assert.Contains("absent.json", Assert.Throws<InputException>(() => MeasuredTable.Read("absent.json")).Message, StringComparison.Ordinal);

    [Fact] // No bytes may lead to anything but a table or an error that the user can mend.
    public void Broken_files_are_refused_or_read() => (from at in Gen.Int[0, Good.Length - 1] from b in Gen.Byte from cut in Gen.Bool select (at, b, cut)).Sample(c =>
    {
        byte[] bytes = Encoding.UTF8.GetBytes(Good);
        bytes[c.at] = c.b;
        try
        {
            MeasuredTable table = MeasuredTable.Parse(c.cut ? bytes.AsMemory(0, c.at) : bytes, "f.json");
            foreach (MeasuredRow row in table.Rows)
            {
                _ = row.Label;
                _ = TableCheck.Of(table, RowPredictors.All);
            }
        }
        catch (InputException e)
        {
            Assert.Contains("f.json", e.Message, StringComparison.Ordinal);
        }
    }, iter: 5000);
}
