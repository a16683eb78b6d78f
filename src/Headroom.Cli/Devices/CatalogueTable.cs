using System.Globalization;
using Headroom.Devices.Catalogue;

namespace Headroom.Cli.Devices;

/// <summary>The catalogue as lines of at most 120 characters: a row a device, what no source gives as a dash.</summary>
internal static class CatalogueTable
{
    private const int Width = 120;

    private sealed record Column(string Title, string Unit, Func<Accelerator, string> Cell);

    private static readonly Column[] Columns =
    [
        new("year", "", a => a.Year?.ToString(CultureInfo.InvariantCulture) ?? "-"),
        new("bf16", "TFLOP/s", a => Scaled(a.HalfPeak, 1e12)),
        new("fp8", "TFLOP/s", a => Scaled(a.Peak("fp8"), 1e12)),
        new("int8", "TOP/s", a => Scaled(a.Peak("int8"), 1e12)),
        new("memory", "GB", a => Scaled(a.Memory?.Value, 1e9)),
        new("memory", "GB/s", a => Scaled(a.Bandwidth, 1e9)),
        new("link", "GB/s", a => Scaled(a.Link, 1e9)),
        new("net", "GB/s", a => Scaled(a.Network, 1e9)),
        new("power", "W", a => Scaled(a.Watts?.Value, 1)),
        new("price", "USD/h", a => Dollars(a.Cheapest?.UsdPerHour)),
        new("USD per", "PFLOP·h", a => Dollars(a.UsdPerPetaflopHour)),
    ];

    /// <summary>Two lines of titles, then a line a device.</summary>
    /// <param name="devices">In the order in which they are shown.</param>
    public static IEnumerable<string> Lines(IReadOnlyList<Accelerator> devices)
    {
        string[][] cells = [.. devices.Select(a => Columns.Select(c => c.Cell(a)).ToArray())];
        int[] widths = [.. Columns.Select((c, i) => cells.Select(r => r[i].Length).Append(c.Title.Length).Append(c.Unit.Length).Max())];
        int name = Math.Min(devices.Max(a => a.Name.Length), Width - widths.Sum(w => w + 2));
        yield return Line("", name, Columns.Select(c => c.Title), widths);
        yield return Line("", name, Columns.Select(c => c.Unit), widths);
        for (int i = 0; i < devices.Count; i++) yield return Line(devices[i].Name, name, cells[i], widths);
    }

    private static string Line(string name, int width, IEnumerable<string> cells, int[] widths) =>
        ((name.Length <= width ? name : name[..(width - 1)] + "…").PadRight(width) + string.Concat(cells.Select((c, i) => "  " + c.PadLeft(widths[i])))).TrimEnd();

    private static string Scaled(double? value, double unit) => value is not double v ? "-" : (v / unit) switch
    {
        >= 99.95 => (v / unit).ToString("0", CultureInfo.InvariantCulture),
        _ => (v / unit).ToString("0.#", CultureInfo.InvariantCulture),
    };

    private static string Dollars(double? value) => value?.ToString("0.00", CultureInfo.InvariantCulture) ?? "-";
}
