using System.Numerics;
using System.Runtime.InteropServices;
using Headroom.Data.Columns;

namespace Headroom.Data.Tables;

/// <summary>Images held in eight bits and delivered as floats from 0 to 255, or as bytes.</summary>
public sealed class PixelField : FieldSource
{
    private readonly byte[][] images;

    /// <param name="field">Of shape <c>[channels, height, width]</c>, Float32 or UInt8.</param>
    /// <param name="images">All of that shape.</param>
    public PixelField(Field field, ReadOnlySpan<Pixels> images) : base(field, images.Length)
    {
        this.images = new byte[images.Length][];
        for (var i = 0; i < images.Length; i++)
        {
            this.images[i] = images[i].Values.Length == field.RowElements ? images[i].Values
                : throw new ArgumentException($"Image {i} is {images[i].Shape}, field '{field.Name}' [{string.Join(", ", field.RowShape)}].", nameof(images));
        }
    }

    /// <inheritdoc/>
    public override void CopyRows(ReadOnlySpan<int> rows, Span<byte> destination)
    {
        var width = Field.RowBytes;
        for (var i = 0; i < rows.Length; i++)
        {
            var to = destination.Slice(i * width, width);
            if (Field.Type == FieldType.UInt8)
            {
                images[rows[i]].CopyTo(to);
            }
            else
            {
                Widen(images[rows[i]], MemoryMarshal.Cast<byte, float>(to));
            }
        }
    }

    private static void Widen(ReadOnlySpan<byte> from, Span<float> to)
    {
        var lanes = Vector<float>.Count;
        var i = 0;
        for (; i + Vector<byte>.Count <= from.Length; i += Vector<byte>.Count)
        {
            Vector.Widen(new Vector<byte>(from[i..]), out var low, out var high);
            Vector.Widen(low, out var a, out var b);
            Vector.Widen(high, out var c, out var d);
            Vector.ConvertToSingle(a).CopyTo(to[i..]);
            Vector.ConvertToSingle(b).CopyTo(to[(i + lanes)..]);
            Vector.ConvertToSingle(c).CopyTo(to[(i + (2 * lanes))..]);
            Vector.ConvertToSingle(d).CopyTo(to[(i + (3 * lanes))..]);
        }
        for (; i < from.Length; i++)
        {
            to[i] = from[i];
        }
    }
}
