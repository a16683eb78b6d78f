using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using Headroom.Runtime.LibTorch;

namespace Headroom.Runtime.Kernels.Linear;

/// <summary>An fp32 matrix in memory; strides in floats, of which one is 1.</summary>
public readonly unsafe record struct Matrix(nint Address, long RowStride, long ColumnStride)
{
    public float* Data => (float*)Address;

    public Matrix At(long row, long column) => this with { Address = (nint)(Data + row * RowStride + column * ColumnStride) };
}

/// <summary>
/// A product of fp32 matrices by blocks that fit the caches: each thread has rows or columns of the result to itself and packs a block of the right operand into panels of 32 columns, which lie in its
/// core's second-level cache while strips of 12 rows of the left, packed into the first, go past them.
/// </summary>
/// <remarks>For AMD's processors with AVX-512, where the library that libtorch multiplies with takes a path of its own for processors of others. The order of sums follows from the inner length alone, not from threads.</remarks>
public static unsafe class BlockedProduct
{
    /// <summary>Whether this processor is one that it is for.</summary>
    public static bool Suits { get; } = Avx512F.IsSupported && Vector512.IsHardwareAccelerated && IsAmd();

    /// <summary>Whether a product is large enough in each direction to be worth the packing.</summary>
    public static bool Worth(long rows, long columns, long inner) => Suits && rows >= 96 && columns >= 64 && inner >= 32 && rows * columns * inner >= 1 << 22;

    /// <summary><c>c[rows, columns] = a · b + start</c>.</summary>
    /// <param name="a">Left, <c>[rows, inner]</c>.</param>
    /// <param name="b">Right, <c>[inner, columns]</c>.</param>
    /// <param name="start">What is added, or null; may be <paramref name="c"/>.</param>
    /// <param name="startRow">Floats from its row to the next; 0 for one row of all.</param>
    /// <param name="c">Where the result goes; it overlaps neither operand.</param>
    /// <param name="row">Floats from its row to the next.</param>
    /// <param name="rows">Of the result.</param>
    /// <param name="columns">Of the result.</param>
    /// <param name="inner">Length of each sum.</param>
    public static void Run(Matrix a, Matrix b, float* start, long startRow, float* c, long row, long rows, long columns, long inner)
    {
        var share = new Share { A = a, B = b, Start = start, StartRow = startRow, C = c, Row = row, Rows = rows, Columns = columns, Inner = inner, ByRows = rows >= columns };
        int unit = share.ByRows ? ProductTile.Rows : ProductTile.Columns;
        Workers.For(share, ((share.ByRows ? rows : columns) + unit - 1) / unit);
    }

    private static bool IsAmd()
    {
        if (!X86Base.IsSupported) return false;
        // "Auth" of "AuthenticAMD".
        return X86Base.CpuId(0, 0).Ebx == 0x68747541;
    }

    /// <summary>The strips of rows, or panels of columns, of one thread.</summary>
    private struct Share : IRangeKernel
    {
        public Matrix A, B;
        public float* Start, C;
        public long StartRow, Row, Rows, Columns, Inner;
        public bool ByRows;

        [SkipLocalsInit]
        public readonly void Run(long begin, long end)
        {
            float* panels = ThreadScratch.Floats(PackedPanels.Depth * PackedPanels.Width);
            long firstRow = ByRows ? begin * ProductTile.Rows : 0, lastRow = ByRows ? Math.Min(end * ProductTile.Rows, Rows) : Rows;
            long firstColumn = ByRows ? 0 : begin * ProductTile.Columns, lastColumn = ByRows ? Columns : Math.Min(end * ProductTile.Columns, Columns);
            for (long column = firstColumn; column < lastColumn; column += PackedPanels.Width)
            {
                long width = Math.Min(PackedPanels.Width, lastColumn - column);
                for (long step = 0; step < Inner; step += PackedPanels.Depth)
                {
                    long depth = Math.Min(PackedPanels.Depth, Inner - step);
                    PackedPanels.Fill(B.At(step, column), width, depth, panels);
                    float* c = C + firstRow * Row + column, start = step > 0 ? c : Start == null ? null : Start + firstRow * StartRow + column;
                    ProductBlock.Run(A.At(firstRow, step), panels, depth * ProductTile.Columns, lastRow - firstRow, width, depth, start, step > 0 ? Row : StartRow, c, Row);
                }
            }
        }
    }
}
