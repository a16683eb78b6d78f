using Headroom.Evidence;

namespace Headroom.Data.Columns;

/// <summary>A column's values in memory.</summary>
public abstract class Column(ColumnSpec spec)
{
    public ColumnSpec Spec { get; } = spec;

    public abstract int Rows { get; }

    /// <summary>The value written out: as text reads it, a number in round-trip form, an image as its shape; null where it is missing.</summary>
    public abstract string? Show(int row);

    /// <summary>Adds the row's value to a hash; equal values add equal bytes, and the values of one row cannot run into each other.</summary>
    public abstract void AddTo(HashWriter hash, int row);

    internal abstract void Append(in Cell cell, in Origin origin);

    internal abstract Column Take(ReadOnlySpan<int> rows);

    internal abstract Column Append(Column other);

    internal static Column Create(ColumnSpec spec) => spec.Kind switch
    {
        ColumnKind.Text or ColumnKind.Category => new TextColumn(spec),
        ColumnKind.Number => new NumberColumn(spec),
        ColumnKind.Integer or ColumnKind.Time => new IntegerColumn(spec),
        ColumnKind.Image => new ImageColumn(spec),
        _ => throw new InputException("columns", $"'{spec.Name}' has the unknown kind {spec.Kind}", "Kinds are text, category, number, integer, time and image."),
    };
}
