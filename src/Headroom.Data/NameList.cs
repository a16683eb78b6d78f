namespace Headroom.Data;

/// <summary>Names for error messages.</summary>
internal static class NameList
{
    /// <summary>Up to twelve names in quotes, and how many more there are.</summary>
    public static string Of(IReadOnlyCollection<string> names) =>
        string.Join(", ", names.Take(12).Select(n => $"'{n}'")) + (names.Count > 12 ? $" and {names.Count - 12} more" : "");
}
