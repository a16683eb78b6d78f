using System.Runtime.InteropServices;

namespace Headroom.Data.Tables;

/// <summary>A field held as it is delivered.</summary>
/// <typeparam name="T">float, long or byte, as the field's type says.</typeparam>
public sealed class DenseField<T> : FieldSource where T : unmanaged
{
    private readonly T[] values;

    /// <summary>Takes the values of all rows, row after row, without copying them.</summary>
    public DenseField(Field field, T[] values) : base(field, values.Length / Math.Max(1, field.RowElements))
    {
        if (Marshal.SizeOf<T>() != field.ElementBytes || Rows * field.RowElements != values.Length)
        {
            throw new ArgumentException($"{values.Length} values of {typeof(T).Name} are no rows of field '{field.Name}', [{string.Join(", ", field.RowShape)}] {field.Type}.", nameof(values));
        }
        this.values = values;
    }

    /// <summary>All values, row after row.</summary>
    public ReadOnlySpan<T> Values => values;

    /// <inheritdoc/>
    public override void CopyRows(ReadOnlySpan<int> rows, Span<byte> destination)
    {
        var width = Field.RowElements;
        var to = MemoryMarshal.Cast<byte, T>(destination);
        for (var i = 0; i < rows.Length; i++)
        {
            values.AsSpan(rows[i] * width, width).CopyTo(to.Slice(i * width, width));
        }
    }
}
