using System.Numerics;
using System.Runtime.CompilerServices;
using Headroom.Graph;
using Headroom.Graph.Operators;
using Headroom.Runtime.Kernels.Structure;
using Headroom.Runtime.LibTorch;

namespace Headroom.Runtime.Kernels.Ordering;

/// <summary>
/// A heap of the k foremost indices for each slice, its hindmost on top, that stands in the output itself (or in the working space where the indices are unwanted); then sorted where it stands.
/// The order is total (value, then index), so the result is the same each time.
/// </summary>
internal sealed unsafe class TopKKernel : Kernel<TopK>
{
    protected override long Workspace(TopK op, Signature s) => s.Wants(1) ? 0 : s.Output(0).Elements * sizeof(long);

    protected override void Run(TopK op, KernelContext c)
    {
        TensorType x = c.Signature.Input(0);
        var table = new Table(x.Shape, op.Axis);
        long k = c.Signature.Longs(1, "k")[0];
        if (k * table.Outer * table.Inner == 0) return;
        Stored.Run(x.Element, new Work
        {
            Table = table, K = k, Largest = op.Largest, X = c.In<byte>(0),
            Values = c.Wants(0) ? c.Out<byte>(0) : null,
            Indices = c.Wants(1) ? c.Out<long>(1) : (long*)c.Workspace,
        });
    }

    private struct Work : IStoredWork
    {
        public Table Table;
        public long K;
        public bool Largest;
        public byte* X, Values;
        public long* Indices;

        public readonly void Run<TStored, T>() where TStored : struct, IStored<T> where T : unmanaged, INumber<T>
            => Workers.For(new Loop<TStored, T> { W = this }, Table.Outer * Table.Inner, Math.Max(1, (1 << 13) / Table.Extent));
    }

    private struct Loop<TStored, T> : IRangeKernel where TStored : struct, IStored<T> where T : unmanaged, INumber<T>
    {
        public Work W;

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public readonly void Run(long begin, long end)
        {
            long inner = W.Table.Inner, k = W.K;
            for (long slice = begin; slice < end; slice++)
            {
                long outer = slice / inner, lane = slice % inner, from = outer * W.Table.Extent * inner + lane, to = outer * k * inner + lane;
                long* heap = W.Indices + to;
                for (long i = 0; i < k; i++) heap[i * inner] = i;
                for (long i = k / 2 - 1; i >= 0; i--) Sink(heap, i, k, from);
                for (long i = k; i < W.Table.Extent; i++)
                {
                    if (!Ahead(i, heap[0], from)) continue;
                    heap[0] = i;
                    Sink(heap, 0, k, from);
                }
                for (long n = k - 1; n > 0; n--)
                {
                    (heap[0], heap[n * inner]) = (heap[n * inner], heap[0]);
                    Sink(heap, 0, n, from);
                }
                if (W.Values == null) continue;
                for (long i = 0; i < k; i++) TStored.Store(W.Values, to + i * inner, TStored.Load(W.X, from + heap[i * inner] * inner));
            }
        }

        // Restores the heap below a place: nobody is ahead of the one above.
        private readonly void Sink(long* heap, long at, long count, long from)
        {
            long inner = W.Table.Inner, index = heap[at * inner];
            while (true)
            {
                long child = 2 * at + 1;
                if (child >= count) break;
                if (child + 1 < count && Ahead(heap[child * inner], heap[(child + 1) * inner], from)) child++;
                if (!Ahead(index, heap[child * inner], from)) break;
                heap[at * inner] = heap[child * inner];
                at = child;
            }
            heap[at * inner] = index;
        }

        private readonly bool Ahead(long a, long b, long from)
        {
            T x = TStored.Load(W.X, from + a * W.Table.Inner), y = TStored.Load(W.X, from + b * W.Table.Inner);
            bool missingX = T.IsNaN(x), missingY = T.IsNaN(y);
            if (missingX || missingY) return missingX == missingY ? a < b : missingX == W.Largest;
            return x == y ? a < b : x > y == W.Largest;
        }
    }
}

/// <summary>Zeros, then each element to its place. Indices come from a tensor, so each is checked.</summary>
internal sealed unsafe class TopKGradientKernel : Kernel<TopKGradient>
{
    protected override void Run(TopKGradient op, KernelContext c)
    {
        TensorType dy = c.Signature.Input(0);
        c.Output(0).Zero(c.Node.Name);
        if (dy.Elements == 0) return;
        var table = new Table(dy.Shape, op.Axis);
        Indices indices = Indices.Of(c, 1, op.Extent);
        int size = dy.Element.Size();
        byte* from = c.In<byte>(0), to = c.Out<byte>(0);
        for (long i = 0; i < dy.Elements; i++)
        {
            long outer = i / table.Inner / table.Extent, lane = i % table.Inner;
            Buffer.MemoryCopy(from + i * size, to + ((outer * op.Extent + indices[i]) * table.Inner + lane) * size, size, size);
        }
    }
}
