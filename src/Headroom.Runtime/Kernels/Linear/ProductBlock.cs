using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Headroom.Runtime.Kernels.Linear;

/// <summary>Rows of a product's left operand against a packed block of the right: strip for strip, each packed on its way into the first-level cache.</summary>
internal static unsafe class ProductBlock
{
    /// <summary><c>c[rows, width] = a[rows, depth] · panels + start</c>.</summary>
    /// <param name="a">Left, <c>[rows, depth]</c>.</param>
    /// <param name="panels">Right, packed.</param>
    /// <param name="panelStride">Floats from a panel to the next: more than 32 times the depth where only the first steps are taken.</param>
    /// <param name="rows">Of the result.</param>
    /// <param name="width">Of the result.</param>
    /// <param name="depth">Length of each sum; at most <see cref="PackedPanels.Depth"/>.</param>
    /// <param name="start">What is added, or null; may be <paramref name="c"/>.</param>
    /// <param name="startRow">Floats from its row to the next.</param>
    /// <param name="c">Where the result goes.</param>
    /// <param name="row">Floats from its row to the next.</param>
    [SkipLocalsInit]
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Run(Matrix a, float* panels, long panelStride, long rows, long width, long depth, float* start, long startRow, float* c, long row)
    {
        float* raw = stackalloc float[ProductTile.Rows * ByRow.Pitch + 16], strip = (float*)(((nint)raw + 63) / 64 * 64), edge = stackalloc float[ProductTile.Rows * ProductTile.Columns];
        bool byRow = a.ColumnStride == 1;
        for (long first = 0; first < rows; first += ProductTile.Rows)
        {
            long count = Math.Min(ProductTile.Rows, rows - first);
            if (byRow) PackRows(a.At(first, 0), count, depth, strip);
            else PackColumns(a.At(first, 0), count, depth, strip);
            float* panel = panels;
            for (long column = 0; column < width; column += ProductTile.Columns, panel += panelStride)
            {
                long columns = Math.Min(ProductTile.Columns, width - column);
                float* to = c + first * row + column, from = start == null ? null : start + first * startRow + column;
                if (count == ProductTile.Rows && columns == ProductTile.Columns)
                {
                    if (byRow) ProductTile.Run<ProductTile.Rows12, ByRow>(depth, strip, panel, from, startRow, to, row);
                    else ProductTile.Run<ProductTile.Rows12, ByStep>(depth, strip, panel, from, startRow, to, row);
                    continue;
                }
                if (byRow) Partial<ByRow>(count, depth, strip, panel, edge);
                else Partial<ByStep>(count, depth, strip, panel, edge);
                for (long i = 0; i < count; i++)
                    for (long j = 0; j < columns; j++) to[i * row + j] = edge[i * ProductTile.Columns + j] + (from == null ? 0 : from[i * startRow + j]);
            }
        }
    }

    private static void Partial<TLayout>(long rows, long depth, float* strip, float* panel, float* to) where TLayout : struct, IStripLayout
    {
        if (rows > 8) ProductTile.Run<ProductTile.Rows12, TLayout>(depth, strip, panel, null, 0, to, ProductTile.Columns);
        else if (rows > 4) ProductTile.Run<ProductTile.Rows8, TLayout>(depth, strip, panel, null, 0, to, ProductTile.Columns);
        else ProductTile.Run<ProductTile.Rows4, TLayout>(depth, strip, panel, null, 0, to, ProductTile.Columns);
    }

    private static void PackRows(Matrix a, long rows, long depth, float* to)
    {
        uint bytes = (uint)(depth * sizeof(float));
        for (long i = 0; i < ProductTile.Rows; i++, to += ByRow.Pitch)
        {
            if (i < rows) Unsafe.CopyBlock(to, a.Data + i * a.RowStride, bytes);
            else Unsafe.InitBlock(to, 0, bytes);
        }
    }

    private static void PackColumns(Matrix a, long rows, long depth, float* to)
    {
        float* from = a.Data;
        for (long k = 0; k < depth; k++, from += a.ColumnStride, to += ProductTile.Rows)
        {
            if (rows == ProductTile.Rows)
            {
                Vector256.Load(from).Store(to);
                Vector128.Load(from + 8).Store(to + 8);
                continue;
            }
            for (long i = 0; i < ProductTile.Rows; i++) to[i] = i < rows ? from[i * a.RowStride] : 0;
        }
    }

    /// <summary>Rows one behind the other, a line further apart than a block is deep, so that they don't meet in one set of the cache.</summary>
    private readonly struct ByRow : IStripLayout
    {
        public const int Pitch = PackedPanels.Depth + 16;

        public static int Row => Pitch;

        public static int Step => 1;
    }

    private readonly struct ByStep : IStripLayout
    {
        public static int Row => 1;

        public static int Step => ProductTile.Rows;
    }
}
