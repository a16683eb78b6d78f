using System.Runtime.CompilerServices;
using Headroom.Graph;
using Headroom.Graph.Operators;
using Headroom.Runtime.LibTorch;

namespace Headroom.Runtime.Kernels.Attention;

internal sealed class RotaryEmbeddingKernel : Kernel<RotaryEmbedding>
{
    protected override void Run(RotaryEmbedding op, KernelContext c) => Rotary.Turn(op, c, 1);
}

internal sealed class RotaryGradientKernel : Kernel<RotaryGradient>
{
    protected override void Run(RotaryGradient op, KernelContext c) => Rotary.Turn(op, c, -1);
}

internal sealed class RotaryCacheGradientKernel : Kernel<RotaryCacheGradient>
{
    // Sums are kept in fp64: a position may be met often.
    protected override long Workspace(RotaryCacheGradient op, Signature s) => 2 * s.Input(1).Elements * sizeof(double);

    protected override void Run(RotaryCacheGradient op, KernelContext c) => Rotary.Caches(op, c);
}

/// <summary>Pairs turned by an angle, one token after the other.</summary>
internal static unsafe class Rotary
{
    public static void Turn(RotaryOperator op, KernelContext c, int direction)
    {
        var work = new Work(op, c) { Out = c.Out<byte>(0), Direction = direction };
        switch (c.Signature.Input(0).Element)
        {
            case ElementType.Float32: Turn<Float32Scalar>(work); break;
            case ElementType.Float64: Turn<Float64Scalar>(work); break;
            case ElementType.BFloat16: Turn<BFloat16Scalar>(work); break;
            default: Turn<Float16Scalar>(work); break;
        }
    }

    public static void Caches(RotaryCacheGradient op, KernelContext c)
    {
        var work = new Work(op, c) { Gradient = c.In<byte>(4), Sums = (double*)c.Workspace, SumCount = c.Signature.Input(1).Elements };
        new Span<double>(work.Sums, checked((int)(2 * work.SumCount))).Clear();
        switch (c.Signature.Input(0).Element)
        {
            case ElementType.Float32: Caches<Float32Scalar>(work, c); break;
            case ElementType.Float64: Caches<Float64Scalar>(work, c); break;
            case ElementType.BFloat16: Caches<BFloat16Scalar>(work, c); break;
            default: Caches<Float16Scalar>(work, c); break;
        }
    }

    private static void Turn<T>(Work work) where T : struct, IScalar
        => Workers.For(new TurnKernel<T> { W = work }, work.Shape.Batch * work.Shape.Seq, Math.Max(1, 8192 / Math.Max(1, work.Shape.Heads * work.Shape.Width)));

    private static void Caches<T>(Work work, KernelContext c) where T : struct, IScalar
    {
        Workers.For(new CacheKernel<T> { W = work }, work.Shape.Rotated / 2, 4);
        for (int output = 0; output < 2; output++)
        {
            if (!c.Wants(output)) continue;
            void* target = c.Output(output).Data;
            for (long i = 0; i < work.SumCount; i++) T.Write(target, i, work.Sums[output * work.SumCount + i]);
        }
    }

    private struct Work
    {
        public readonly RotaryShape Shape;
        public readonly bool Interleaved;
        public readonly byte* X, Cos, Sin;
        public readonly long* Positions;
        public byte* Out, Gradient;
        public double* Sums;
        public long SumCount;
        public int Direction;

        public Work(RotaryOperator op, KernelContext c)
        {
            Shape = op.ShapeOf(c.Signature);
            Interleaved = op.Interleaved;
            X = c.In<byte>(0);
            Cos = c.In<byte>(1);
            Sin = c.In<byte>(2);
            if (!c.Has(3)) return;
            Positions = c.In<long>(3);
            long rows = c.Signature.Input(1).Shape[0];
            for (long i = 0; i < Shape.Batch * Shape.Seq; i++)
                if (Positions[i] < 0 || Positions[i] >= rows)
                    throw new GraphException($"node '{c.Node.Name}' ({op.Name}): position {Positions[i]} at {i / Shape.Seq}, {i % Shape.Seq} is outside the {rows} rows of the cosines");
        }

        /// <summary>The row of the caches that a token reads.</summary>
        public readonly long Row(long token) => Positions == null ? token : Positions[token];

        /// <summary>The first feature of a token's head.</summary>
        public readonly long At(long token, long head)
            => Shape.Packed ? (token * Shape.Heads + head) * Shape.Width : ((token / Shape.Seq * Shape.Heads + head) * Shape.Seq + token % Shape.Seq) * Shape.Width;
    }

    private struct TurnKernel<T> : IRangeKernel where T : struct, IScalar
    {
        public Work W;

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public readonly void Run(long begin, long end)
        {
            RotaryShape s = W.Shape;
            long half = s.Rotated / 2, step = W.Interleaved ? 2 : 1, other = W.Interleaved ? 1 : half;
            for (long token = begin; token < end; token++)
            {
                long row = W.Row(token) * half;
                for (long head = 0; head < s.Heads; head++)
                {
                    long at = W.At(token, head);
                    for (long i = 0; i < half; i++)
                    {
                        double cos = T.Read(W.Cos, row + i), sin = W.Direction * T.Read(W.Sin, row + i);
                        double a = T.Read(W.X, at + i * step), b = T.Read(W.X, at + i * step + other);
                        T.Write(W.Out, at + i * step, cos * a - sin * b);
                        T.Write(W.Out, at + i * step + other, sin * a + cos * b);
                    }
                    if (W.Out != W.X) for (long i = s.Rotated; i < s.Width; i++) T.Write(W.Out, at + i, T.Read(W.X, at + i));
                }
            }
        }
    }

    /// <summary>Shared out by pairs of features, so that no two threads meet at a position.</summary>
    private struct CacheKernel<T> : IRangeKernel where T : struct, IScalar
    {
        public Work W;

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public readonly void Run(long begin, long end)
        {
            RotaryShape s = W.Shape;
            long half = s.Rotated / 2, step = W.Interleaved ? 2 : 1, other = W.Interleaved ? 1 : half;
            for (long token = 0; token < s.Batch * s.Seq; token++)
                for (long head = 0; head < s.Heads; head++)
                    for (long i = begin; i < end; i++)
                    {
                        long at = W.At(token, head) + i * step, sum = W.Row(token) * half + i;
                        double a = T.Read(W.X, at), b = T.Read(W.X, at + other), da = T.Read(W.Gradient, at), db = T.Read(W.Gradient, at + other);
                        W.Sums[sum] += da * a + db * b;
                        W.Sums[W.SumCount + sum] += db * a - da * b;
                    }
        }
    }
}
