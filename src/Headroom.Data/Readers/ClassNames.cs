using System.Globalization;
using Headroom.Data.Columns;
using Headroom.Evidence;

namespace Headroom.Data.Readers;

/// <summary>Gives numbered labels their names.</summary>
internal static class ClassNames
{
    /// <summary>The name of a label: itself if no names are given or it is one of them, else the name at that number, counted from 0.</summary>
    /// <exception cref="InputException">The label is no name and no number in the range.</exception>
    public static string Of(string label, IReadOnlyList<string>? names, in Origin origin)
    {
        if (names is null || names.Contains(label))
        {
            return label;
        }
        return int.TryParse(label, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number < names.Count
            ? names[number]
            : throw new InputException(origin.ToString(), $"the label '{label}' is outside of 0 to {names.Count - 1}, the range of 'class_names'", "Name every class, or mend the label.");
    }
}
