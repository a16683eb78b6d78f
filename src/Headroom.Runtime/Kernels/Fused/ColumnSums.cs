using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Headroom.Runtime.LibTorch;

namespace Headroom.Runtime.Kernels.Fused;

/// <summary>Sums down the columns of a matrix: the gradient of a bias.</summary>
public static unsafe class ColumnSums
{
    /// <summary><c>sums[c] = Σ_r matrix[r, c]</c>.</summary>
    /// <param name="matrix"><c>[rows, columns]</c>.</param>
    /// <param name="type">Storage of the matrix.</param>
    /// <param name="sums">fp32 <c>[columns]</c>, overwritten, or added to with <paramref name="accumulate"/>.</param>
    /// <param name="rows">Rows.</param>
    /// <param name="columns">Columns.</param>
    /// <param name="accumulate">Adds to what <paramref name="sums"/> holds.</param>
    public static void Run(void* matrix, ScalarType type, float* sums, long rows, long columns, bool accumulate = false)
    {
        using var parts = new Partials(rows, columns);
        if (Storage.IsBF16(type)) Workers.For(new Kernel<BF16> { M = matrix, Rows = rows, Columns = columns, Parts = parts }, parts.Count);
        else Workers.For(new Kernel<F32> { M = matrix, Rows = rows, Columns = columns, Parts = parts }, parts.Count);
        parts.Into(0, sums, accumulate);
    }

    struct Kernel<T> : IRangeKernel where T : struct, IElement
    {
        public void* M;
        public long Rows, Columns;
        public Partials Parts;

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public readonly void Run(long begin, long end)
        {
            if (Columns % 16 == 0) EachRow<Whole>(begin, end);
            else EachRow<Ragged>(begin, end);
        }

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        readonly void EachRow<S>(long begin, long end) where S : struct, IEnding
        {
            for (long part = begin; part < end; part++)
            {
                float* sums = Parts.At(part, 0);
                (long first, long last) = Parts.RowsOf(part);
                long row = first;
                // Four rows a visit: the running sums are loaded and stored a quarter as often.
                for (; row + 4 <= last; row += 4)
                {
                    byte* a = (byte*)M + row * Columns * T.Bytes;
                    long step = Columns * T.Bytes;
                    for (long i = 0; i < Columns; i += 16)
                    {
                        Vector512<float> v = T.Load<S>(a, i, Columns) + T.Load<S>(a + step, i, Columns) + (T.Load<S>(a + 2 * step, i, Columns) + T.Load<S>(a + 3 * step, i, Columns));
                        F32.Store<S>(sums, i, Columns, F32.Load<S>(sums, i, Columns) + v);
                    }
                }
                for (; row < last; row++)
                {
                    byte* a = (byte*)M + row * Columns * T.Bytes;
                    for (long i = 0; i < Columns; i += 16) F32.Store<S>(sums, i, Columns, F32.Load<S>(sums, i, Columns) + T.Load<S>(a, i, Columns));
                }
            }
        }
    }
}

