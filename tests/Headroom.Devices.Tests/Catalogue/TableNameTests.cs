using System.Text.Json;
using Headroom.Devices.Catalogue;

namespace Headroom.Devices.Tests.Catalogue;

/// <summary>Published tables name devices in their own ways. Takes the folder from HEADROOM_TABLES.</summary>
public sealed class TableNameTests
{
    [Fact]
    public void Nearly_every_row_of_published_tables_names_a_device_that_is_known()
    {
        if (Environment.GetEnvironmentVariable("HEADROOM_TABLES") is not { Length: > 0 } folder || !Directory.Exists(folder)) Assert.Skip("HEADROOM_TABLES names no folder with tables of measurements");
        var unknown = new SortedDictionary<string, int>(StringComparer.Ordinal);
        int rows = 0;
        foreach (string path in Directory.EnumerateFiles(Environment.GetEnvironmentVariable("HEADROOM_TABLES")!, "*.json", SearchOption.AllDirectories).Order(StringComparer.Ordinal))
        {
            using JsonDocument table = JsonDocument.Parse(File.ReadAllBytes(path));
            if (!table.RootElement.TryGetProperty("rows", out JsonElement list)) continue;
            foreach (JsonElement row in list.EnumerateArray())
            {
                if (!row.TryGetProperty("hardware", out JsonElement hardware) || hardware.ValueKind != JsonValueKind.Object) continue;
                if (!hardware.TryGetProperty("accelerator", out JsonElement accelerator) || accelerator.ValueKind != JsonValueKind.String || accelerator.GetString() is not { Length: > 0 } name) continue;
                rows++;
                if (AcceleratorCatalogue.Default.TryFind(name, out string reason) is null) unknown[$"{Path.GetFileNameWithoutExtension(path)}: {name}: {reason}"] = unknown.GetValueOrDefault($"{Path.GetFileNameWithoutExtension(path)}: {name}: {reason}") + 1;
            }
        }
        TestContext.Current.TestOutputHelper?.WriteLine($"{unknown.Values.Sum()} of {rows} rows\n" + string.Join("\n", unknown.Select(u => $"{u.Value} {u.Key}")));
        Assert.InRange(unknown.Values.Sum(), 0, rows / 50);
    }
}
