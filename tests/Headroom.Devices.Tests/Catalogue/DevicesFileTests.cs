using System.Text;
using CsCheck;
using Headroom.Devices.Catalogue;
using Headroom.Evidence;

namespace Headroom.Devices.Tests.Catalogue;

/// <summary>A user's own file of devices and prices.</summary>
public sealed class DevicesFileTests
{
    private const string Own = """
        {
          // a device that the catalogue lacks, one whose power is capped, and prices
          "accelerators": [
            { "name": "Acme X1", "kind": "npu", "maker": "Acme", "peaks": { "bf16": 2.5e14 }, "memory": "48GB", "bandwidth": 1.2e12, "aliases": ["x1"], },
            { "name": "nvidia h100 sxm5 80gb", "watts": 500 }
          ],
          "prices": [
            { "accelerator": "x1", "provider": "acme", "usdPerHour": 1.25, "date": "2026-08" },
            { "accelerator": "a100", "provider": "ours", "usdPerHour": 0.6, "spot": true },
            { "accelerator": "a100", "provider": "ours", "usdPerHour": 0.9 }
          ]
        }
        """;

    [Fact]
    public void A_file_adds_a_device_with_its_price()
    {
        Accelerator x1 = Read(Own).Find("acme x1");
        Assert.Equal((AcceleratorKind.Npu, "Acme X1", 2.5e14, 48_000_000_000), (x1.Kind, x1.Family, x1.Peak("bf16")!.Value, x1.Memory!.Value.Value));
        Assert.Equal("user file own.json", x1.Sources["peaks.bf16"].Single());
        Assert.Equal(5, x1.UsdPerPetaflopHour!.Value, 1e-9);
        Assert.Equal("2026-08", x1.Prices.Single().Date);
    }

    [Fact]
    public void A_file_changes_what_it_names_and_keeps_the_rest()
    {
        Accelerator before = AcceleratorCatalogue.Default.Find("h100"), after = Read(Own).Find("h100");
        Assert.Equal(500, after.Watts!.Value.Value);
        Assert.Equal("user file own.json", after.Sources["watts"].Single());
        Assert.Equal((before.Name, before.Family, before.Memory, before.Link), (after.Name, after.Family, after.Memory, after.Link));
        Assert.Equal(before.Sources["memory"], after.Sources["memory"]);
        Assert.Equal(before.Prices, after.Prices);
        Assert.Equal(700, AcceleratorCatalogue.Default.Find("h100").Watts!.Value.Value);
    }

    [Fact]
    public void A_price_that_may_be_interrupted_is_no_price_of_an_hour()
    {
        Accelerator a100 = Read(Own).Find("a100");
        Assert.Equal(AcceleratorCatalogue.Default.Find("a100").Prices.Count + 2, a100.Prices.Count);
        Assert.Equal(0.9, a100.Cheapest!.UsdPerHour);
    }

    [Fact]
    public void What_is_written_reads_back_the_same()
    {
        string json = CatalogueWriter.Write(AcceleratorCatalogue.Default.All);
        AcceleratorCatalogue again = Read(json);
        Assert.Equal(AcceleratorCatalogue.Default.All.Count, again.All.Count);
        Assert.Equal(json, CatalogueWriter.Write(again.All));
    }

    [Fact]
    public void A_reference_stands_for_its_source()
    {
        Accelerator device = Read("""{ "references": { "sheet": "https://acme.example/x2" }, "accelerators": [ { "name": "X2", "kind": "edge", "watts": 3, "memory": 1e9, "sources": { "watts": "sheet: typical", "memory": ["sheet"] } } ] }""").Find("X2");
        Assert.Equal("https://acme.example/x2 (typical)", device.Sources["watts"].Single());
        Assert.Equal("https://acme.example/x2", device.Sources["memory"].Single());
    }

    [Theory]
    [InlineData("{", "line", "JSON")]
    [InlineData("[]", "an object in braces", "accelerators")]
    [InlineData("{}", "neither", "accelerators")]
    [InlineData("""{ "acelerators": [] }""", "no field 'acelerators'", "'accelerators'")]
    [InlineData("""{ "accelerators": {} }""", "'accelerators' is an object", "a list in brackets")]
    [InlineData("""{ "accelerators": [ 7 ] }""", "accelerators[0]", "an object in braces")]
    [InlineData("""{ "accelerators": [ { "kind": "npu" } ] }""", "'name' is missing", "NVIDIA")]
    [InlineData("""{ "accelerators": [ { "name": "X\nY", "kind": "npu" } ] }""", "'name' is", "a line of text")]
    [InlineData("""{ "accelerators": [ { "name": "X" } ] }""", "'kind' is missing", "data-centre-gpu")]
    [InlineData("""{ "accelerators": [ { "name": "X", "kind": "gpu" } ] }""", "'kind' is \"gpu\"", "consumer-gpu")]
    [InlineData("""{ "accelerators": [ { "name": "X", "kind": "npu", "peaks": { "bf16": 989 } } ] }""", "'bf16' is 989", "9.89e14")]
    [InlineData("""{ "accelerators": [ { "name": "X", "kind": "npu", "peaks": { "bf17": 1e14 } } ] }""", "no field 'bf17'", "bf16")]
    [InlineData("""{ "accelerators": [ { "name": "X", "kind": "npu", "bandwidth": -1 } ] }""", "'bandwidth' is -1", "3.35e12")]
    [InlineData("""{ "accelerators": [ { "name": "X", "kind": "npu", "memory": "many" } ] }""", "'memory' is \"many\"", "80GB")]
    [InlineData("""{ "accelerators": [ { "name": "X", "kind": "npu", "memory": 1e300 } ] }""", "'memory' is 1e300", "80GB")]
    [InlineData("""{ "accelerators": [ { "name": "X", "kind": "npu", "watts": "700" } ] }""", "'watts' is \"700\"", "watts, such as 700")]
    [InlineData("""{ "accelerators": [ { "name": "X", "kind": "npu", "nodeSize": 0 } ] }""", "'nodeSize' is 0", "1 to")]
    [InlineData("""{ "accelerators": [ { "name": "X", "kind": "npu" }, { "name": "x", "kind": "npu" } ] }""", "stands twice", "once")]
    [InlineData("""{ "accelerators": [ { "name": "X", "kind": "npu", "sources": { "speed": "?" } } ] }""", "no field 'speed'", "bandwidth")]
    [InlineData("""{ "prices": [ { "accelerator": "h1000", "provider": "p", "usdPerHour": 1 } ] }""", "prices[0]", "H100")]
    [InlineData("""{ "prices": [ { "accelerator": "h100", "provider": "p", "usdPerHour": -2 } ] }""", "'usdPerHour' is -2", "2.49")]
    [InlineData("""{ "prices": [ { "accelerator": "h100", "provider": "p" } ] }""", "'usdPerHour' is missing", "2.49")]
    [InlineData("""{ "prices": [ { "accelerator": "h100", "provider": "p", "usdPerHour": 1, "date": "August" } ] }""", "'date' is \"August\"", "2026-08")]
    [InlineData("""{ "prices": [ { "accelerator": "h100", "provider": "p", "usdPerHour": 1, "usdPerHour": 2 } ] }""", "own.json", "uplicate")]
    public void A_fault_says_where_it_is_and_what_would_be_right(string json, string what, string right)
    {
        var error = Assert.Throws<InputException>(() => Read(json));
        Assert.StartsWith("own.json", error.Message, StringComparison.Ordinal);
        Assert.Contains(what, error.Message, StringComparison.Ordinal);
        Assert.Contains(right, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_file_that_is_not_there_is_said() => Assert.Contains("no such file", Assert.Throws<InputException>(() => AcceleratorCatalogue.Default.With(Path.Combine(Path.GetTempPath(), "no-such-devices.json"))).Message, StringComparison.Ordinal);

    [Fact] // Bytes changed, cut out and put in: the reader reads, or refuses by a message; nothing else.
    public void Broken_files_are_refused_by_a_message()
    {
        byte[] own = Encoding.UTF8.GetBytes(Own);
        byte[] splinters = [.. "{}[]\",:\\0e-9x\u0000\ufffd"u8];
        Gen.Select(Gen.Int[0, own.Length - 1], Gen.Int[0, 40], Gen.OneOf(Gen.Int[0, splinters.Length - 1].Select(i => splinters[i]), Gen.Byte).Array[0, 6]).Array[1, 4].Sample(changes =>
        {
            List<byte> file = [.. own];
            foreach ((int at, int cut, byte[] put) in changes)
            {
                int from = Math.Min(at, file.Count);
                file.RemoveRange(from, Math.Min(cut, file.Count - from));
                file.InsertRange(from, put);
            }
            try
            {
                AcceleratorCatalogue read = AcceleratorCatalogue.Default.With(file.ToArray(), "own.json");
                _ = CatalogueWriter.Write(read.All.Skip(AcceleratorCatalogue.Default.All.Count));
            }
            catch (InputException e)
            {
                Assert.True(e.Message.Length is > 0 and < 5000);
            }
        }, iter: 20_000, threads: 1);
    }

    private static AcceleratorCatalogue Read(string json) => AcceleratorCatalogue.Default.With(Encoding.UTF8.GetBytes(json), "own.json");
}
