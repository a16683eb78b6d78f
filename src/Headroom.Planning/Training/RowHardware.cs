using System.Globalization;
using System.Text.RegularExpressions;
using Headroom.Planning.Tables;

namespace Headroom.Planning.Training;

/// <summary>What a measured run ran on, wherever its row says so.</summary>
internal static partial class RowHardware
{
    /// <summary>The accelerator as written; null where the row names none.</summary>
    /// <param name="row">The row.</param>
    public static string? Accelerator(MeasuredRow row) => row.Hardware.Text("accelerator", "gpu", "device") ?? Cell(row);

    /// <summary>How many; null where the row doesn't say.</summary>
    /// <param name="row">The row.</param>
    public static int? Count(MeasuredRow row) => row.Hardware.Text("accelerator", "gpu", "device") is null && Cell(row) is { } cell && Times().Match(cell) is { Success: true } found
        ? int.Parse(found.Groups[1].ValueSpan, CultureInfo.InvariantCulture) : row.Hardware.Count("count", "gpus", "num_gpus", "devices");

    /// <summary>A number that a cell of settings states: <c>Batch Size = 4, Seq Length = 2048</c>.</summary>
    /// <param name="row">The row.</param>
    /// <param name="name">Its name.</param>
    public static int? Setting(MeasuredRow row, string name)
    {
        foreach ((string heading, string text) in row.Config.Section("raw").All)
        {
            if (!heading.StartsWith("Setting", StringComparison.OrdinalIgnoreCase)) continue;
            foreach (string part in text.Split(','))
            {
                if (part.Split('=') is [{ } key, { } value] && key.Trim().Equals(name, StringComparison.OrdinalIgnoreCase) && RowFields.ParseLeading(value.Trim()) is >= 1 and <= int.MaxValue and double number) return (int)number;
            }
        }
        return null;
    }

    /// <summary>The cell of a table as published under a heading for hardware.</summary>
    private static string? Cell(MeasuredRow row) => row.Config.Section("raw").All.FirstOrDefault(c => Heading().IsMatch(c.Name)).Text;

    [GeneratedRegex(@"\bHW\b|hardware|runnable on", RegexOptions.IgnoreCase)]
    private static partial Regex Heading();

    [GeneratedRegex(@"^\s*(\d{1,5})\s*x", RegexOptions.IgnoreCase)]
    private static partial Regex Times();
}
