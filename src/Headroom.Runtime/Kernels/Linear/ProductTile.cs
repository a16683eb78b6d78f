using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Headroom.Runtime.Kernels.Linear;

/// <summary>How many rows a tile of the product has: a constant to the compiler.</summary>
internal interface ITileRows
{
    static abstract int Count { get; }
}

/// <summary>How a packed strip of the left operand lies: constants to the compiler, so that addresses need no arithmetic.</summary>
internal interface IStripLayout
{
    /// <summary>Floats from a row to the next.</summary>
    static abstract int Row { get; }

    /// <summary>Floats from a step of the inner axis to the next.</summary>
    static abstract int Step { get; }
}

/// <summary>
/// The heart of a blocked matrix product: a tile of up to 12 rows and 32 columns stays in registers (24 of the 32 that AVX-512 has) while the inner axis is run through; two vectors of the right operand
/// meet each number of the left.
/// </summary>
/// <remarks>Goto, van de Geijn, "Anatomy of High-Performance Matrix Multiplication", ACM TOMS 34 (2008); Van Zee, van de Geijn, "BLIS", ACM TOMS 41 (2015).</remarks>
internal static unsafe class ProductTile
{
    public const int Rows = 12, Columns = 32;

    public readonly struct Rows12 : ITileRows
    {
        public static int Count => 12;
    }

    public readonly struct Rows8 : ITileRows
    {
        public static int Count => 8;
    }

    public readonly struct Rows4 : ITileRows
    {
        public static int Count => 4;
    }

    /// <summary>Adds the tile's product over <paramref name="steps"/> of the inner axis to <paramref name="start"/>, or to zero where that is null, and writes it.</summary>
    /// <param name="steps">Of the inner axis.</param>
    /// <param name="a">The left operand's packed strip.</param>
    /// <param name="b">The right operand's packed panel, <c>[steps, 32]</c>.</param>
    /// <param name="start">What the sum begins with; may be <paramref name="c"/>.</param>
    /// <param name="startRow">Floats from its row to the next; 0 for one row of all.</param>
    /// <param name="c">Where the tile goes.</param>
    /// <param name="row">Floats from its row to the next.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Run<TRows, TLayout>(long steps, float* a, float* b, float* start, long startRow, float* c, long row) where TRows : struct, ITileRows where TLayout : struct, IStripLayout
    {
        Vector512<float> l0 = default, l1 = default, l2 = default, l3 = default, l4 = default, l5 = default, l6 = default, l7 = default, l8 = default, l9 = default, l10 = default, l11 = default;
        Vector512<float> r0 = default, r1 = default, r2 = default, r3 = default, r4 = default, r5 = default, r6 = default, r7 = default, r8 = default, r9 = default, r10 = default, r11 = default;
        float* end = b + steps * Columns;
        while (b < end)
        {
            Vector512<float> left = Vector512.Load(b), right = Vector512.Load(b + 16), x;
            x = Vector512.Create(a[0 * TLayout.Row]);
            l0 = Vector512.FusedMultiplyAdd(x, left, l0);
            r0 = Vector512.FusedMultiplyAdd(x, right, r0);
            x = Vector512.Create(a[1 * TLayout.Row]);
            l1 = Vector512.FusedMultiplyAdd(x, left, l1);
            r1 = Vector512.FusedMultiplyAdd(x, right, r1);
            x = Vector512.Create(a[2 * TLayout.Row]);
            l2 = Vector512.FusedMultiplyAdd(x, left, l2);
            r2 = Vector512.FusedMultiplyAdd(x, right, r2);
            x = Vector512.Create(a[3 * TLayout.Row]);
            l3 = Vector512.FusedMultiplyAdd(x, left, l3);
            r3 = Vector512.FusedMultiplyAdd(x, right, r3);
            if (TRows.Count > 4)
            {
                x = Vector512.Create(a[4 * TLayout.Row]);
                l4 = Vector512.FusedMultiplyAdd(x, left, l4);
                r4 = Vector512.FusedMultiplyAdd(x, right, r4);
                x = Vector512.Create(a[5 * TLayout.Row]);
                l5 = Vector512.FusedMultiplyAdd(x, left, l5);
                r5 = Vector512.FusedMultiplyAdd(x, right, r5);
                x = Vector512.Create(a[6 * TLayout.Row]);
                l6 = Vector512.FusedMultiplyAdd(x, left, l6);
                r6 = Vector512.FusedMultiplyAdd(x, right, r6);
                x = Vector512.Create(a[7 * TLayout.Row]);
                l7 = Vector512.FusedMultiplyAdd(x, left, l7);
                r7 = Vector512.FusedMultiplyAdd(x, right, r7);
            }
            if (TRows.Count > 8)
            {
                x = Vector512.Create(a[8 * TLayout.Row]);
                l8 = Vector512.FusedMultiplyAdd(x, left, l8);
                r8 = Vector512.FusedMultiplyAdd(x, right, r8);
                x = Vector512.Create(a[9 * TLayout.Row]);
                l9 = Vector512.FusedMultiplyAdd(x, left, l9);
                r9 = Vector512.FusedMultiplyAdd(x, right, r9);
                x = Vector512.Create(a[10 * TLayout.Row]);
                l10 = Vector512.FusedMultiplyAdd(x, left, l10);
                r10 = Vector512.FusedMultiplyAdd(x, right, r10);
                x = Vector512.Create(a[11 * TLayout.Row]);
                l11 = Vector512.FusedMultiplyAdd(x, left, l11);
                r11 = Vector512.FusedMultiplyAdd(x, right, r11);
            }
            a += TLayout.Step;
            b += Columns;
        }
        Put(l0, r0, start, c);
        Put(l1, r1, start + startRow, c + row);
        Put(l2, r2, start + 2 * startRow, c + 2 * row);
        Put(l3, r3, start + 3 * startRow, c + 3 * row);
        if (TRows.Count > 4)
        {
            Put(l4, r4, start + 4 * startRow, c + 4 * row);
            Put(l5, r5, start + 5 * startRow, c + 5 * row);
            Put(l6, r6, start + 6 * startRow, c + 6 * row);
            Put(l7, r7, start + 7 * startRow, c + 7 * row);
        }
        if (TRows.Count > 8)
        {
            Put(l8, r8, start + 8 * startRow, c + 8 * row);
            Put(l9, r9, start + 9 * startRow, c + 9 * row);
            Put(l10, r10, start + 10 * startRow, c + 10 * row);
            Put(l11, r11, start + 11 * startRow, c + 11 * row);
        }

        void Put(Vector512<float> left, Vector512<float> right, float* from, float* to)
        {
            if (start != null)
            {
                left += Vector512.Load(from);
                right += Vector512.Load(from + 16);
            }
            left.Store(to);
            right.Store(to + 16);
        }
    }
}
