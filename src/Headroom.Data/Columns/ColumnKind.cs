namespace Headroom.Data.Columns;

/// <summary>What a column's values are.</summary>
public enum ColumnKind
{
    /// <summary>Free text; a missing value is null.</summary>
    Text,

    /// <summary>One of a set of names; a missing value is null.</summary>
    Category,

    /// <summary>A 64-bit float; a missing value is NaN.</summary>
    Number,

    /// <summary>A 64-bit whole number; a missing value is <see cref="long.MinValue"/>.</summary>
    Integer,

    /// <summary>A moment in UTC, in ticks of 100 ns since year 1; a missing value is <see cref="long.MinValue"/>.</summary>
    Time,

    /// <summary>Eight-bit pixels, <c>[channels, height, width]</c>.</summary>
    Image,
}
