using System.Runtime.CompilerServices;
using Headroom.Graph;
using Headroom.Graph.Operators;
using Headroom.Runtime.LibTorch;

namespace Headroom.Runtime.Kernels.Structure;

/// <summary>
/// Sums the copies of each element. For each axis a table lists an element's copies, so that every element of the result is written once, by one thread, summed in one order, in fp64.
/// </summary>
internal sealed unsafe class AxisMapGradientKernel : Kernel<AxisMapGradient>
{
    // Rows of copies that are summed at a time; more (a row that is copied 65 times) go over the result again.
    private const int Batch = 64;

    protected override void Run(AxisMapGradient op, KernelContext c)
    {
        TensorType dx = c.Signature.Output(0);
        if (dx.Elements == 0) return;
        long[] strides = c.Signature.Input(0).Shape.Strides();
        int rank = Math.Max(1, op.Maps.Length);
        var starts = new List<long>();
        var copies = new List<long>();
        var tables = new long[rank];
        for (int axis = 0; axis < rank; axis++)
        {
            long[] map = op.Maps.Length == 0 ? [0] : op.Maps[axis];
            long extent = op.Maps.Length == 0 ? 1 : op.Extents[axis], stride = op.Maps.Length == 0 ? 1 : strides[axis];
            tables[axis] = starts.Count;
            ILookup<long, int> of = Enumerable.Range(0, map.Length).ToLookup(i => map[i]);
            for (long e = 0; e < extent; e++)
            {
                starts.Add(copies.Count);
                copies.AddRange(of[e].Select(i => i * stride));
            }
            starts.Add(copies.Count);
        }
        long[] extents = op.Maps.Length == 0 ? [1] : op.Extents, first = [.. starts], all = [.. copies];
        fixed (long* e = extents, t = tables, s = first, a = all)
        {
            var at = new Tables { Extents = e, At = t, Starts = s, Copies = a, Rank = rank };
            switch (dx.Element)
            {
                case ElementType.Float32: Run<Float32Scalar>(c, at, dx); break;
                case ElementType.Float64: Run<Float64Scalar>(c, at, dx); break;
                case ElementType.Float16: Run<Float16Scalar>(c, at, dx); break;
                case ElementType.BFloat16: Run<BFloat16Scalar>(c, at, dx); break;
                default: throw new GraphException($"node '{c.Node.Name}' ({c.Node.Operator.Name}): there is no gradient by {dx}");
            }
        }
    }

    private static void Run<TScalar>(KernelContext c, Tables tables, TensorType dx) where TScalar : struct, IScalar
    {
        long inner = tables.Extents[tables.Rank - 1];
        Workers.For(new Loop<TScalar> { Tables = tables, Dy = c.In<byte>(0), Dx = c.Out<byte>(0) }, dx.Elements / inner, Math.Max(1, (1 << 12) / inner));
    }

    /// <summary>The copies of element e of an axis: <c>Copies[Starts[At[axis] + e] .. Starts[At[axis] + e + 1]]</c>, as offsets in dy.</summary>
    private struct Tables
    {
        public long* Extents, At, Starts, Copies;
        public int Rank;
    }

    private struct Loop<TScalar> : IRangeKernel where TScalar : struct, IScalar
    {
        public Tables Tables;
        public byte* Dy, Dx;

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public readonly void Run(long begin, long end)
        {
            int outer = Tables.Rank - 1;
            long inner = Tables.Extents[outer];
            long* rows = stackalloc long[Batch], low = stackalloc long[3 * outer + 1];
            long* high = low + outer, now = high + outer;
            for (long row = begin; row < end; row++)
            {
                long rest = row;
                bool any = true;
                for (int i = outer - 1; i >= 0; i--)
                {
                    long* starts = Tables.Starts + Tables.At[i] + rest % Tables.Extents[i];
                    now[i] = low[i] = starts[0];
                    high[i] = starts[1];
                    any &= low[i] < high[i];
                    rest /= Tables.Extents[i];
                }
                bool first = true;
                do
                {
                    int count = 0;
                    while (any && count < Batch)
                    {
                        long at = 0;
                        for (int i = 0; i < outer; i++) at += Tables.Copies[now[i]];
                        rows[count++] = at;
                        any = Advance(low, high, now, outer);
                    }
                    Sum(row * inner, rows, count, first);
                    first = false;
                }
                while (any);
            }
        }

        private static bool Advance(long* low, long* high, long* now, int outer)
        {
            for (int i = outer - 1; i >= 0; i--)
            {
                if (++now[i] < high[i]) return true;
                now[i] = low[i];
            }
            return false;
        }

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        private readonly void Sum(long target, long* rows, int count, bool first)
        {
            long inner = Tables.Extents[Tables.Rank - 1];
            long* starts = Tables.Starts + Tables.At[Tables.Rank - 1];
            for (long i = 0; i < inner; i++)
            {
                double sum = first ? 0 : TScalar.Read(Dx, target + i);
                for (long k = starts[i]; k < starts[i + 1]; k++)
                    for (int r = 0; r < count; r++) sum += TScalar.Read(Dy, rows[r] + Tables.Copies[k]);
                TScalar.Write(Dx, target + i, sum);
            }
        }
    }
}
