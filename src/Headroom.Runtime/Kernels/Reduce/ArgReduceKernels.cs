using System.Numerics;
using System.Runtime.CompilerServices;
using Headroom.Graph;
using Headroom.Graph.Operators;
using Headroom.Runtime.Kernels.Structure;
using Headroom.Runtime.LibTorch;

namespace Headroom.Runtime.Kernels.Reduce;

/// <summary>One pass along the axis over a block of neighbours at once.</summary>
internal abstract unsafe class ArgReduceKernel<TOperator>(bool greatest) : Kernel<TOperator> where TOperator : ArgReduceOperator
{
    private const int Block = 64;

    protected sealed override void Run(TOperator op, KernelContext c)
    {
        TensorType x = c.Signature.Input(0);
        if (c.Signature.Output(0).Elements == 0) return;
        Stored.Run(x.Element, new Work { Table = new Table(x.Shape, op.Axis), X = c.In<byte>(0), Y = c.Out<long>(0), Greatest = greatest, Last = op.SelectLastIndex });
    }

    private struct Work : IStoredWork
    {
        public Table Table;
        public byte* X;
        public long* Y;
        public bool Greatest, Last;

        public readonly void Run<TStored, T>() where TStored : struct, IStored<T> where T : unmanaged, INumber<T>
        {
            long blocks = (Table.Inner + Block - 1) / Block;
            Workers.For(new Loop<TStored, T> { W = this, Blocks = blocks }, Table.Outer * blocks, Math.Max(1, (1 << 15) / (Table.Extent * Math.Min(Table.Inner, Block))));
        }
    }

    private struct Loop<TStored, T> : IRangeKernel where TStored : struct, IStored<T> where T : unmanaged, INumber<T>
    {
        public Work W;
        public long Blocks;

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public readonly void Run(long begin, long end)
        {
            T* best = stackalloc T[Block];
            for (long task = begin; task < end; task++)
            {
                long outer = task / Blocks, lane = task % Blocks * Block, inner = W.Table.Inner;
                int width = (int)Math.Min(Block, inner - lane);
                long* at = W.Y + outer * inner + lane;
                for (long i = 0; i < W.Table.Extent; i++)
                {
                    long from = (outer * W.Table.Extent + i) * inner + lane;
                    for (int k = 0; k < width; k++)
                    {
                        T x = TStored.Load(W.X, from + k);
                        if (i > 0 && !Beats(x, best[k])) continue;
                        best[k] = x;
                        at[k] = i;
                    }
                }
            }
        }

        private readonly bool Beats(T x, T best)
        {
            if (T.IsNaN(best)) return W.Last && T.IsNaN(x);
            return T.IsNaN(x) || (W.Greatest ? x > best : x < best) || (W.Last && x == best);
        }
    }
}

internal sealed class ArgMaxKernel() : ArgReduceKernel<ArgMax>(greatest: true);

internal sealed class ArgMinKernel() : ArgReduceKernel<ArgMin>(greatest: false);
