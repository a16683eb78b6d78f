using System.Globalization;

namespace Headroom.Data.Readers;

/// <summary>Numbers as text files write them.</summary>
internal static class NumberText
{
    // What pandas and R write for a number that is not there, and infinity as C and Python write it; .NET itself reads NaN and Infinity.
    private static readonly HashSet<string> Missing = new(StringComparer.OrdinalIgnoreCase) { "NA", "N/A", "#N/A", "<NA>", "null", "None", "inf", "+inf", "-inf" };

    /// <summary>The finite number that a text writes, or null.</summary>
    public static double? Parse(string text) => TryParse(text, out var value) && double.IsFinite(value) ? value : null;

    /// <summary>Whether a text among numbers stands for a missing one: NaN, NA or null, or an infinity, which has no mean and no place in a network.</summary>
    public static bool IsMissing(string text) => TryParse(text, out var value) ? !double.IsFinite(value) : Missing.Contains(text);

    private static bool TryParse(string text, out double value) => double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out value);
}
