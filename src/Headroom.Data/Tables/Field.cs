namespace Headroom.Data.Tables;

/// <summary>A named tensor of a table: its element type, and its shape without the row dimension (<c>[]</c> for one number a row).</summary>
public sealed record Field(string Name, FieldType Type, int[] RowShape)
{
    /// <summary>Elements a row.</summary>
    public int RowElements => RowShape.Aggregate(1, (a, b) => checked(a * b));

    /// <summary>Bytes of an element.</summary>
    public int ElementBytes => Type switch { FieldType.Float32 => 4, FieldType.Int64 => 8, _ => 1 };

    /// <summary>Bytes a row takes in a batch.</summary>
    public int RowBytes => checked(RowElements * ElementBytes);
}
