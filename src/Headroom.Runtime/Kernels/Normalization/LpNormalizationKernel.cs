using System.Runtime.CompilerServices;
using Headroom.Graph;
using Headroom.Graph.Operators;
using Headroom.Runtime.Kernels.Structure;
using Headroom.Runtime.LibTorch;

namespace Headroom.Runtime.Kernels.Normalization;

internal sealed unsafe class LpNormalizationKernel : Kernel<LpNormalization>
{
    protected override void Run(LpNormalization op, KernelContext c) => LpNorm.Run(c, op.Axis, op.P == 1, c.In<byte>(0), null);
}

internal sealed unsafe class LpNormalizationGradientKernel : Kernel<LpNormalizationGradient>
{
    protected override void Run(LpNormalizationGradient op, KernelContext c) => LpNorm.Run(c, op.Axis, op.P == 1, c.In<byte>(1), c.In<byte>(0));
}

/// <summary>A norm for each slice along an axis, in fp64, then each element; a block of neighbouring slices at once.</summary>
internal static unsafe class LpNorm
{
    private const int Block = 64;

    /// <summary>The normalised x, or, where dy is given, the gradient by it.</summary>
    public static void Run(KernelContext c, long axis, bool absolute, byte* x, byte* dy)
    {
        TensorType type = c.Signature.Output(0);
        if (type.Elements == 0) return;
        var work = new Work { Table = new Table(type.Shape, axis), X = x, Dy = dy, Y = c.Out<byte>(0), Absolute = absolute };
        work.Blocks = work.Table.Blocks(Block);
        switch (type.Element)
        {
            case ElementType.Float32: Run<Float32Scalar>(work); break;
            case ElementType.BFloat16: Run<BFloat16Scalar>(work); break;
            case ElementType.Float16: Run<Float16Scalar>(work); break;
            default: Run<Float64Scalar>(work); break;
        }
    }

    private static void Run<T>(Work work) where T : struct, IScalar
        => Workers.For(new Loop<T> { W = work }, work.Table.Outer * work.Blocks, Math.Max(1, (1 << 14) / (work.Table.Extent * Math.Min(work.Table.Inner, Block))));

    private struct Work
    {
        public Table Table;
        public long Blocks;
        public byte* X, Dy, Y;
        public bool Absolute;
    }

    private struct Loop<T> : IRangeKernel where T : struct, IScalar
    {
        public Work W;

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public readonly void Run(long begin, long end)
        {
            double* norms = stackalloc double[Block], products = stackalloc double[Block];
            for (long task = begin; task < end; task++)
            {
                long lane = task % W.Blocks * Block, inner = W.Table.Inner, first = task / W.Blocks * W.Table.Extent * inner + lane;
                if (inner == 1)
                {
                    Row(first);
                    continue;
                }
                int width = (int)Math.Min(Block, inner - lane);
                new Span<double>(norms, width).Clear();
                new Span<double>(products, width).Clear();
                for (long i = 0; i < W.Table.Extent; i++)
                {
                    for (int k = 0; k < width; k++)
                    {
                        double x = T.Read(W.X, first + i * inner + k);
                        norms[k] += W.Absolute ? Math.Abs(x) : x * x;
                        if (W.Dy != null) products[k] += x * T.Read(W.Dy, first + i * inner + k);
                    }
                }
                if (!W.Absolute) for (int k = 0; k < width; k++) norms[k] = Math.Sqrt(norms[k]);
                for (long i = 0; i < W.Table.Extent; i++)
                {
                    for (int k = 0; k < width; k++) Put(first + i * inner + k, norms[k], products[k]);
                }
            }
        }

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        private readonly void Row(long first)
        {
            double norm = 0, product = 0;
            for (long i = first; i < first + W.Table.Extent; i++)
            {
                double x = T.Read(W.X, i);
                norm += W.Absolute ? Math.Abs(x) : x * x;
                if (W.Dy != null) product += x * T.Read(W.Dy, i);
            }
            if (!W.Absolute) norm = Math.Sqrt(norm);
            for (long i = first; i < first + W.Table.Extent; i++) Put(i, norm, product);
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        private readonly void Put(long at, double norm, double product)
        {
            double x = T.Read(W.X, at);
            if (norm == 0) T.Write(W.Y, at, 0);
            else if (W.Dy == null) T.Write(W.Y, at, x / norm);
            else T.Write(W.Y, at, (T.Read(W.Dy, at) - (W.Absolute ? Sign(x) : x / norm) * (product / norm)) / norm);
        }

        private static double Sign(double x) => x > 0 ? 1 : x < 0 ? -1 : x;
    }
}
