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
            => Table.Walk(new Loop<TStored, T> { W = this, Blocks = Table.Blocks(Block) }, Block);
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
                if (inner == 1)
                {
                    W.Y[outer] = Row(outer * W.Table.Extent);
                    continue;
                }
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

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        private readonly long Row(long from)
        {
            T best = TStored.Load(W.X, from);
            long at = 0;
            for (long i = 1; i < W.Table.Extent; i++)
            {
                T x = TStored.Load(W.X, from + i);
                if (!Beats(x, best)) continue;
                best = x;
                at = i;
            }
            return at;
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        private readonly bool Beats(T x, T best)
        {
            // Nearly always so; what is no number compares false.
            if (W.Greatest ? x < best : x > best) return false;
            if (T.IsNaN(best)) return W.Last && T.IsNaN(x);
            return T.IsNaN(x) || (W.Greatest ? x > best : x < best) || (W.Last && x == best);
        }
    }
}

internal sealed class ArgMaxKernel() : ArgReduceKernel<ArgMax>(greatest: true);

internal sealed class ArgMinKernel() : ArgReduceKernel<ArgMin>(greatest: false);
