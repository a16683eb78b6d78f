using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Headroom.Runtime.Kernels.Linear;

/// <summary>A block of a product's right operand as panels <c>[depth, 32]</c>, one behind the other, the last filled up with zeros.</summary>
internal static unsafe class PackedPanels
{
    /// <summary>Steps of the inner axis and columns that a block has at most: half a megabyte.</summary>
    public const int Depth = 512, Width = 256;

    private const int Columns = ProductTile.Columns;

    /// <summary>Floats of a block, filled up.</summary>
    public static long Floats(long width, long depth) => (width + Columns - 1) / Columns * Columns * depth;

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Fill(Matrix b, long width, long depth, float* to)
    {
        for (long column = 0; column < width; column += Columns, to += depth * Columns)
        {
            float* from = b.At(0, column).Data;
            long count = Math.Min(Columns, width - column), done = 0;
            if (count < Columns) new Span<float>(to, (int)(depth * Columns)).Clear();
            else if (b.ColumnStride == 1)
            {
                for (; done < depth; done++)
                {
                    Vector512.Load(from + done * b.RowStride).Store(to + done * Columns);
                    Vector512.Load(from + done * b.RowStride + 16).Store(to + done * Columns + 16);
                }
            }
            else if (b.RowStride == 1)
            {
                for (; done + 16 <= depth; done += 16)
                {
                    Turn(from + done, b.ColumnStride, to + done * Columns);
                    Turn(from + done + 16 * b.ColumnStride, b.ColumnStride, to + done * Columns + 16);
                }
            }
            for (; done < depth; done++)
                for (long j = 0; j < count; j++) to[done * Columns + j] = from[done * b.RowStride + j * b.ColumnStride];
        }
    }

    /// <summary>16 columns of 16 numbers each, <paramref name="stride"/> apart, into 16 rows of a panel.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Turn(float* from, long stride, float* to)
    {
        Quads(from, stride, 0, out Vector512<float> a0, out Vector512<float> a1, out Vector512<float> a2, out Vector512<float> a3);
        Quads(from, stride, 4, out Vector512<float> b0, out Vector512<float> b1, out Vector512<float> b2, out Vector512<float> b3);
        Quads(from, stride, 8, out Vector512<float> c0, out Vector512<float> c1, out Vector512<float> c2, out Vector512<float> c3);
        Quads(from, stride, 12, out Vector512<float> d0, out Vector512<float> d1, out Vector512<float> d2, out Vector512<float> d3);
        Rows(a0, b0, c0, d0, to);
        Rows(a1, b1, c1, d1, to + Columns);
        Rows(a2, b2, c2, d2, to + 2 * Columns);
        Rows(a3, b3, c3, d3, to + 3 * Columns);
    }

    /// <summary>Of four columns: in each 128 bits i of result j stands the number 4 i + j of all four.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Quads(float* from, long stride, long first, out Vector512<float> r0, out Vector512<float> r1, out Vector512<float> r2, out Vector512<float> r3)
    {
        float* at = from + first * stride;
        Vector512<float> a = Vector512.Load(at), b = Vector512.Load(at + stride), c = Vector512.Load(at + 2 * stride), d = Vector512.Load(at + 3 * stride);
        Vector512<double> low1 = Avx512F.UnpackLow(a, b).AsDouble(), low2 = Avx512F.UnpackLow(c, d).AsDouble(), high1 = Avx512F.UnpackHigh(a, b).AsDouble(), high2 = Avx512F.UnpackHigh(c, d).AsDouble();
        r0 = Avx512F.UnpackLow(low1, low2).AsSingle();
        r1 = Avx512F.UnpackHigh(low1, low2).AsSingle();
        r2 = Avx512F.UnpackLow(high1, high2).AsSingle();
        r3 = Avx512F.UnpackHigh(high1, high2).AsSingle();
    }

    /// <summary>Rows j, j + 4, j + 8 and j + 12 of the turned square from the quads of its 16 columns.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Rows(Vector512<float> a, Vector512<float> b, Vector512<float> c, Vector512<float> d, float* to)
    {
        Vector512<float> ab = Avx512F.Shuffle4x128(a, b, 0x88), cd = Avx512F.Shuffle4x128(c, d, 0x88), ab1 = Avx512F.Shuffle4x128(a, b, 0xDD), cd1 = Avx512F.Shuffle4x128(c, d, 0xDD);
        Avx512F.Shuffle4x128(ab, cd, 0x88).Store(to);
        Avx512F.Shuffle4x128(ab1, cd1, 0x88).Store(to + 4 * Columns);
        Avx512F.Shuffle4x128(ab, cd, 0xDD).Store(to + 8 * Columns);
        Avx512F.Shuffle4x128(ab1, cd1, 0xDD).Store(to + 12 * Columns);
    }
}
