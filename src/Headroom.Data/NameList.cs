namespace Headroom.Data;

/// <summary>Names for messages.</summary>
internal static class NameList
{
    /// <summary>Up to twelve names in quotes, and how many more there are.</summary>
    public static string Of(IReadOnlyCollection<string> names) => Plain([.. names.Select(n => $"'{n}'")]);

    /// <summary>Up to twelve things as they are, and how many more there are.</summary>
    public static string Plain(IReadOnlyCollection<string> things) => string.Join(", ", things.Take(12)) + (things.Count > 12 ? $" and {things.Count - 12} more" : "");
}
