using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Headroom.Graph;
using Headroom.Graph.Operators;
using Headroom.Runtime.LibTorch;

namespace Headroom.Runtime.Kernels.Structure;

/// <summary>Copies elements axis by axis (<see cref="AxisMaps"/>), of any width, from any strides: whole runs where neighbours stay neighbours.</summary>
internal static unsafe class MappedCopy
{
    /// <param name="c">Input 0 is copied to output 0.</param>
    /// <param name="maps">For each axis of the output, where its elements come from; -1: the fill.</param>
    /// <param name="fill">One element; empty: zero.</param>
    public static void Run(KernelContext c, long[][] maps, ReadOnlySpan<byte> fill)
    {
        if (c.Signature.Output(0).Elements == 0) return;
        switch (c.Signature.Output(0).Element.Size())
        {
            case 8: Run<ulong>(c, maps, fill); break;
            case 4: Run<uint>(c, maps, fill); break;
            case 2: Run<ushort>(c, maps, fill); break;
            default: Run<byte>(c, maps, fill); break;
        }
    }

    private static void Run<T>(KernelContext c, long[][] maps, ReadOnlySpan<byte> fill) where T : unmanaged
    {
        ReadOnlySpan<long> strides = c.Input(0).Strides;
        Shape shape = c.Signature.Output(0).Shape;
        int outer = Math.Max(0, maps.Length - 1);
        var offsets = new long[maps.Take(outer).Sum(m => m.Length)];
        var extents = new long[outer];
        for (int axis = 0, at = 0; axis < outer; axis++)
        {
            extents[axis] = shape[axis];
            foreach (long from in maps[axis]) offsets[at++] = from < 0 ? -1 : from * strides[axis];
        }
        long[] inner = maps.Length == 0 ? [0] : maps[^1];
        Piece[] pieces = Pieces(inner);
        fixed (long* o = offsets, e = extents, m = inner)
        fixed (Piece* p = pieces)
        {
            var loop = new Loop<T>
            {
                X = c.In<T>(0), Y = c.Out<T>(0), Offsets = o, Extents = e, Map = m, Pieces = p, Outer = outer, PieceCount = pieces.Length,
                Inner = inner.Length, Step = maps.Length == 0 ? 1 : strides[^1], Fill = fill.IsEmpty ? default : MemoryMarshal.Read<T>(fill),
                ByPiece = pieces.Length * 4L <= inner.Length,
            };
            Workers.For(loop, shape.Elements / inner.Length, Math.Max(1, (1 << 14) / inner.Length));
        }
    }

    /// <summary>Runs of neighbours, or of fill.</summary>
    private static Piece[] Pieces(long[] map)
    {
        var pieces = new List<Piece>();
        for (int i = 0, start = 0; i < map.Length; i++)
        {
            bool goesOn = i + 1 < map.Length && (map[i] < 0 ? map[i + 1] < 0 : map[i + 1] == map[i] + 1);
            if (goesOn) continue;
            pieces.Add(new Piece(map[start], start, i + 1 - start));
            start = i + 1;
        }
        return [.. pieces];
    }

    private readonly record struct Piece(long From, long To, long Length);

    private struct Loop<T> : IRangeKernel where T : unmanaged
    {
        public T* X, Y;
        public long* Offsets, Extents, Map;
        public Piece* Pieces;
        public int Outer, PieceCount;
        public long Inner, Step;
        public T Fill;
        public bool ByPiece;

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public readonly void Run(long begin, long end)
        {
            long table = 0;
            for (int i = 0; i < Outer; i++) table += Extents[i];
            for (long row = begin; row < end; row++)
            {
                long rest = row, from = 0;
                long* offsets = Offsets + table;
                for (int i = Outer - 1; i >= 0 && from >= 0; i--)
                {
                    offsets -= Extents[i];
                    long at = offsets[rest % Extents[i]];
                    from = at < 0 ? -1 : from + at;
                    rest /= Extents[i];
                }
                T* to = Y + row * Inner;
                if (from < 0) Set(to, Inner);
                else if (ByPiece) CopyPieces(X + from, to);
                else for (long i = 0; i < Inner; i++) to[i] = Map[i] < 0 ? Fill : X[from + Map[i] * Step];
            }
        }

        private readonly void CopyPieces(T* from, T* to)
        {
            for (int k = 0; k < PieceCount; k++)
            {
                Piece p = Pieces[k];
                if (p.From < 0) Set(to + p.To, p.Length);
                else if (Step == 1) Buffer.MemoryCopy(from + p.From, to + p.To, p.Length * sizeof(T), p.Length * sizeof(T));
                else for (long i = 0; i < p.Length; i++) to[p.To + i] = from[(p.From + i) * Step];
            }
        }

        private readonly void Set(T* to, long count)
        {
            for (long i = 0; i < count; i++) to[i] = Fill;
        }
    }
}

internal sealed class TileKernel : Kernel<Tile>
{
    protected override void Run(Tile op, KernelContext c) => MappedCopy.Run(c, Tile.Maps(c.Signature), []);
}

internal sealed class PadKernel : Kernel<Pad>
{
    protected override unsafe void Run(Pad op, KernelContext c)
        => MappedCopy.Run(c, op.Maps(c.Signature), c.Has(2) ? new ReadOnlySpan<byte>(c.In<byte>(2), c.Signature.Input(2).Element.Size()) : []);
}
