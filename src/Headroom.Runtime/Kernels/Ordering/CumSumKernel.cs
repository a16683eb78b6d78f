using System.Numerics;
using System.Runtime.CompilerServices;
using Headroom.Graph;
using Headroom.Graph.Operators;
using Headroom.Runtime.Kernels.Structure;
using Headroom.Runtime.LibTorch;

namespace Headroom.Runtime.Kernels.Ordering;

/// <summary>One pass along the axis over a block of neighbours at once; floating sums are kept in fp64. May run over its own input.</summary>
internal sealed unsafe class CumSumKernel : Kernel<CumSum>
{
    private const int Block = 64;

    protected override void Run(CumSum op, KernelContext c)
    {
        TensorType x = c.Signature.Input(0);
        long axis = c.Signature.Input(1).Element == ElementType.Int64 ? c.Scalar<long>(1) : c.Scalar<int>(1);
        if (axis < -x.Rank || axis >= x.Rank) throw new GraphException($"node '{c.Node.Name}' (CumSum): the axis is {axis}, the input is {x}");
        if (x.Elements == 0) return;
        Stored.Run(x.Element, new Work { Table = new Table(x.Shape, axis), X = c.In<byte>(0), Y = c.Out<byte>(0), Exclusive = op.Exclusive, Reverse = op.Reverse });
    }

    private struct Work : IStoredWork
    {
        public Table Table;
        public byte* X, Y;
        public bool Exclusive, Reverse;

        public readonly void Run<TStored, T>() where TStored : struct, IStored<T> where T : unmanaged, INumber<T>
            => Table.Walk(new Loop<TStored, T> { W = this, Blocks = Table.Blocks(Block) }, Block);
    }

    private struct Loop<TStored, T> : IRangeKernel where TStored : struct, IStored<T> where T : unmanaged, INumber<T>
    {
        public Work W;
        public long Blocks;

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public readonly void Run(long begin, long end)
        {
            T* sums = stackalloc T[Block];
            for (long task = begin; task < end; task++)
            {
                long outer = task / Blocks, lane = task % Blocks * Block, inner = W.Table.Inner, extent = W.Table.Extent;
                if (inner == 1)
                {
                    Row(outer * extent, extent);
                    continue;
                }
                int width = (int)Math.Min(Block, inner - lane);
                new Span<T>(sums, width).Clear();
                for (long i = 0; i < extent; i++)
                {
                    long at = (outer * extent + (W.Reverse ? extent - 1 - i : i)) * inner + lane;
                    for (int k = 0; k < width; k++)
                    {
                        T x = TStored.Load(W.X, at + k), before = sums[k];
                        sums[k] = unchecked(before + x);
                        TStored.Store(W.Y, at + k, W.Exclusive ? before : sums[k]);
                    }
                }
            }
        }

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        private readonly void Row(long from, long extent)
        {
            T sum = T.Zero;
            for (long i = 0; i < extent; i++)
            {
                long at = from + (W.Reverse ? extent - 1 - i : i);
                T before = sum;
                sum = unchecked(sum + TStored.Load(W.X, at));
                TStored.Store(W.Y, at, W.Exclusive ? before : sum);
            }
        }
    }
}
