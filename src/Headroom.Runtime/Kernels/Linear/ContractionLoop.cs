using System.Numerics;
using System.Runtime.CompilerServices;
using Headroom.Graph;
using Headroom.Runtime.LibTorch;

namespace Headroom.Runtime.Kernels.Linear;

/// <summary><c>y[made] = Σ over summed of a · b</c> by plain loops, for any type and strides (0 where an operand is broadcast); floating sums are kept in fp64.</summary>
internal static unsafe class ContractionLoop
{
    public static void Run(long[] made, long[] madeA, long[] madeB, long[] summed, long[] summedA, long[] summedB, byte* a, byte* b, byte* y, ElementType element)
    {
        long results = made.Aggregate(1L, (n, e) => n * e), terms = summed.Aggregate(1L, (n, e) => n * e);
        if (results == 0) return;
        fixed (long* m = made, ma = madeA, mb = madeB, s = summed, sa = summedA, sb = summedB)
            Stored.Run(element, new Work { Made = m, MadeA = ma, MadeB = mb, Summed = s, SummedA = sa, SummedB = sb, MadeAxes = made.Length, SummedAxes = summed.Length, Results = results, Terms = terms, A = a, B = b, Y = y });
    }

    private struct Work : IStoredWork
    {
        public long* Made, MadeA, MadeB, Summed, SummedA, SummedB;
        public int MadeAxes, SummedAxes;
        public long Results, Terms;
        public byte* A, B, Y;

        public readonly void Run<TStored, T>() where TStored : struct, IStored<T> where T : unmanaged, INumber<T>
        {
            long lanes = MadeAxes == 0 ? 1 : Made[MadeAxes - 1];
            Workers.For(new Loop<TStored, T> { W = this, Lanes = lanes }, Results / lanes, Math.Max(1, (1 << 14) / Math.Max(1, lanes * Terms)));
        }
    }

    private struct Loop<TStored, T> : IRangeKernel where TStored : struct, IStored<T> where T : unmanaged, INumber<T>
    {
        public Work W;
        public long Lanes;

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public readonly void Run(long begin, long end)
        {
            long laneA = W.MadeAxes == 0 ? 0 : W.MadeA[W.MadeAxes - 1], laneB = W.MadeAxes == 0 ? 0 : W.MadeB[W.MadeAxes - 1];
            long run = W.SummedAxes == 0 ? 1 : W.Summed[W.SummedAxes - 1], runA = W.SummedAxes == 0 ? 0 : W.SummedA[W.SummedAxes - 1], runB = W.SummedAxes == 0 ? 0 : W.SummedB[W.SummedAxes - 1];
            for (long row = begin; row < end; row++)
            {
                (long a, long b) = At(row, W.Made, W.MadeA, W.MadeB, W.MadeAxes - 1);
                for (long lane = 0; lane < Lanes; lane++, a += laneA, b += laneB)
                {
                    T sum = T.Zero;
                    for (long outer = 0; outer * run < W.Terms; outer++)
                    {
                        (long i, long j) = At(outer, W.Summed, W.SummedA, W.SummedB, W.SummedAxes - 1);
                        for (long k = 0; k < run; k++) sum = unchecked(sum + TStored.Load(W.A, a + i + k * runA) * TStored.Load(W.B, b + j + k * runB));
                    }
                    TStored.Store(W.Y, row * Lanes + lane, sum);
                }
            }
        }

        private static (long A, long B) At(long row, long* extents, long* stridesA, long* stridesB, int axes)
        {
            long a = 0, b = 0;
            for (int i = axes - 1; i >= 0; i--)
            {
                a += row % extents[i] * stridesA[i];
                b += row % extents[i] * stridesB[i];
                row /= extents[i];
            }
            return (a, b);
        }
    }
}
