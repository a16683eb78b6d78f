namespace Headroom.Data.Tables;

/// <summary>The values of one field over all rows, in whatever form is smallest.</summary>
public abstract class FieldSource(Field field, int rows)
{
    public Field Field { get; } = field;

    public int Rows { get; } = rows;

    /// <summary>Writes the named rows, one after another, as the field's type.</summary>
    /// <param name="rows">Row numbers below <see cref="Rows"/>; repeats are fine.</param>
    /// <param name="destination">At least rows times <see cref="Field.RowBytes"/>.</param>
    public abstract void CopyRows(ReadOnlySpan<int> rows, Span<byte> destination);
}
