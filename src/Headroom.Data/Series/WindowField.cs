using System.Runtime.InteropServices;
using Headroom.Data.Tables;

namespace Headroom.Data.Series;

/// <summary>Stretches of series as rows, copied only when a batch is made: windows overlap, and would take hundreds of times the series' memory.</summary>
/// <param name="field">Float32, of rank 1 or 2.</param>
/// <param name="series">The values, <c>[steps, width]</c> each.</param>
/// <param name="windows">The rows.</param>
/// <param name="offset">Steps from a window's origin to the stretch's first one; below 0 for what is looked back on.</param>
/// <param name="width">Values of a step.</param>
public sealed class WindowField(Field field, float[][] series, SeriesWindow[] windows, int offset, int width) : FieldSource(field, windows.Length)
{
    /// <inheritdoc/>
    public override void CopyRows(ReadOnlySpan<int> rows, Span<byte> destination)
    {
        int count = Field.RowElements;
        Span<float> to = MemoryMarshal.Cast<byte, float>(destination);
        for (int i = 0; i < rows.Length; i++)
        {
            SeriesWindow window = windows[rows[i]];
            series[window.Series].AsSpan((window.Origin + offset) * width, count).CopyTo(to.Slice(i * count, count));
        }
    }
}
