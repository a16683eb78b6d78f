using System.Runtime.CompilerServices;
using Headroom.Graph;
using Headroom.Graph.Operators;
using Headroom.Runtime.LibTorch;

namespace Headroom.Runtime.Kernels.Reduce;

/// <summary>Element by element over x, with dy and y spread out as they are read. The product's gradient first takes each result's product of what isn't zero, and how many zeros there are.</summary>
internal sealed unsafe class ReduceGradientKernel : Kernel<ReduceGradient>
{
    protected override long Workspace(ReduceGradient op, Signature s)
    {
        long results = s.Input(0).Elements;
        return op.Form != ReduceForm.Product || results == 0 ? 0 : 2 * results * sizeof(double) + ReduceWalk.Workspace(s.Input(1).Elements / results, results);
    }

    protected override void Run(ReduceGradient op, KernelContext c)
    {
        TensorType x = c.Signature.Input(1);
        if (x.Elements == 0) return;
        switch (op.Form)
        {
            case ReduceForm.AbsoluteSum: Run<AbsoluteSum>(c, null, null); break;
            case ReduceForm.SquareSum: Run<SquareSum>(c, null, null); break;
            case ReduceForm.Norm: Run<Norm>(c, c.In<byte>(2), null); break;
            case ReduceForm.LogSumExp: Run<LogSumExp>(c, c.In<byte>(2), null); break;
            default: Product(c, x); break;
        }
    }

    private static void Product(KernelContext c, TensorType x)
    {
        long results = c.Signature.Input(0).Elements;
        byte* products = c.Workspace, zeros = products + results * sizeof(double), states = zeros + results * sizeof(double);
        Span<bool> reduced = stackalloc bool[x.Rank];
        for (int i = 0; i < x.Rank; i++) reduced[i] = c.Signature.Input(0).Shape[i] != x.Shape[i];
        ReduceWalk walk = ReduceWalk.Create(x.Shape.Dims, x.Shape.Strides(), reduced, c.Node.Name);
        Reducer.Run<NonzeroProductReduction>(walk, c.In<byte>(1), products, states, x.Element, wide: true);
        Reducer.Run<ZeroCountReduction>(walk, c.In<byte>(1), zeros, states, x.Element, wide: true);
        Run<OtherProduct>(c, products, zeros);
    }

    private static void Run<TRule>(KernelContext c, byte* y, byte* z) where TRule : struct, IRule
    {
        switch (c.Signature.Input(1).Element)
        {
            case ElementType.Float32: Run<TRule, Float32Scalar>(c, y, z); break;
            case ElementType.BFloat16: Run<TRule, BFloat16Scalar>(c, y, z); break;
            case ElementType.Float16: Run<TRule, Float16Scalar>(c, y, z); break;
            default: Run<TRule, Float64Scalar>(c, y, z); break;
        }
    }

    private static void Run<TRule, TScalar>(KernelContext c, byte* y, byte* z) where TRule : struct, IRule where TScalar : struct, IScalar
    {
        if (z == null) Run<TRule, TScalar, TScalar>(c, y, z);
        else Run<TRule, TScalar, Float64Scalar>(c, y, z);
    }

    private static void Run<TRule, TScalar, TResult>(KernelContext c, byte* y, byte* z) where TRule : struct, IRule where TScalar : struct, IScalar where TResult : struct, IScalar
    {
        // As a walk of two operands: x lies like the result, dy is broadcast.
        Elementwise.Walk walk = Elementwise.Walk.Create(c.Signature.Input(1).Shape, c.Input(1), c.Input(0), c.Node.Name);
        Workers.For(new Loop<TRule, TScalar, TResult> { Walk = walk, X = c.In<byte>(1), Dy = c.In<byte>(0), Y = y, Z = z, Dx = c.Out<byte>(0) }, walk.Count, 1 << 14);
    }

    private interface IRule
    {
        static abstract double Of(double x, double y, double z, double dy);
    }

    private readonly struct AbsoluteSum : IRule
    {
        public static double Of(double x, double y, double z, double dy) => x > 0 ? dy : x < 0 ? -dy : x * dy;
    }

    private readonly struct SquareSum : IRule
    {
        public static double Of(double x, double y, double z, double dy) => 2 * x * dy;
    }

    private readonly struct Norm : IRule
    {
        public static double Of(double x, double y, double z, double dy) => y == 0 ? 0 : dy * x / y;
    }

    private readonly struct LogSumExp : IRule
    {
        // Of nothing but -∞ no element has a say.
        public static double Of(double x, double y, double z, double dy) => double.IsNegativeInfinity(y) ? 0 : dy * Math.Exp(x - y);
    }

    private readonly struct OtherProduct : IRule
    {
        public static double Of(double x, double y, double z, double dy) => z == 0 ? dy * y / x : z == 1 && x == 0 ? dy * y : 0;
    }

    private struct Loop<TRule, TScalar, TResult> : IRangeKernel where TRule : struct, IRule where TScalar : struct, IScalar where TResult : struct, IScalar
    {
        public Elementwise.Walk Walk;
        public byte* X, Dy, Y, Z, Dx;

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public readonly void Run(long begin, long end)
        {
            long inner = Walk.Inner, run = begin / inner, column = begin % inner;
            for (long at = begin; at < end; run++, column = 0)
            {
                long n = Math.Min(inner - column, end - at), result = Walk.At(run).B + column * Walk.StrideB;
                for (long i = 0; i < n; i++, at++, result += Walk.StrideB)
                {
                    double y = Y == null ? 0 : TResult.Read(Y, result), z = Z == null ? 0 : TResult.Read(Z, result);
                    TScalar.Write(Dx, at, TRule.Of(TScalar.Read(X, at), y, z, TScalar.Read(Dy, result)));
                }
            }
        }
    }
}
