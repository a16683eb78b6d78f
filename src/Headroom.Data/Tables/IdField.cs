using System.Runtime.InteropServices;

namespace Headroom.Data.Tables;

/// <summary>Ids of 64 bits that are held in 32: token ids, class numbers, category codes. Windows over one stream may overlap.</summary>
public sealed class IdField : FieldSource
{
    private readonly int[] ids;
    private readonly int stride;

    /// <summary>Rows one after another.</summary>
    public IdField(Field field, int[] ids) : this(field, ids, field.RowElements, ids.Length / Math.Max(1, field.RowElements)) { }

    /// <summary>Row r starts at id <c>r * stride</c>.</summary>
    public IdField(Field field, int[] ids, int stride, int rows) : base(field, rows)
    {
        if (field.Type != FieldType.Int64 || stride < 1 || (rows > 0 && ((rows - 1L) * stride) + field.RowElements > ids.Length))
        {
            throw new ArgumentException($"{ids.Length} ids do not hold {rows} rows of field '{field.Name}' at a stride of {stride}.", nameof(ids));
        }
        (this.ids, this.stride) = (ids, stride);
    }

    /// <summary>The ids of a row.</summary>
    public ReadOnlySpan<int> Row(int row) => ids.AsSpan(row * stride, Field.RowElements);

    /// <inheritdoc/>
    public override void CopyRows(ReadOnlySpan<int> rows, Span<byte> destination)
    {
        var width = Field.RowElements;
        var to = MemoryMarshal.Cast<byte, long>(destination);
        for (var i = 0; i < rows.Length; i++)
        {
            var from = Row(rows[i]);
            var target = to.Slice(i * width, width);
            for (var j = 0; j < from.Length; j++)
            {
                target[j] = from[j];
            }
        }
    }
}
