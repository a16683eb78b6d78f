namespace Headroom.Data.Tables;

/// <summary>A run of elements of each row of another field, under a name of its own: a window's inputs, and its targets one further on.</summary>
/// <param name="source">A field of rank 1.</param>
/// <param name="name">The new field's name.</param>
/// <param name="start">The first element.</param>
/// <param name="length">How many.</param>
public sealed class SlicedField(FieldSource source, string name, int start, int length) : FieldSource(new Field(name, source.Field.Type, [length]), source.Rows)
{
    /// <inheritdoc/>
    public override void CopyRows(ReadOnlySpan<int> rows, Span<byte> destination)
    {
        int whole = source.Field.RowBytes, part = Field.RowBytes, element = part / length;
        byte[] row = new byte[whole];
        for (int i = 0; i < rows.Length; i++)
        {
            source.CopyRows(rows.Slice(i, 1), row);
            row.AsSpan(start * element, part).CopyTo(destination[(i * part)..]);
        }
    }
}
