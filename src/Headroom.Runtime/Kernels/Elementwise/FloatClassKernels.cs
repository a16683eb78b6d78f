using System.Numerics;
using Headroom.Graph;
using Headroom.Graph.Operators;
using Headroom.Runtime.LibTorch;

namespace Headroom.Runtime.Kernels.Elementwise;

internal sealed class IsNaNKernel : FloatClassKernel<IsNaN>
{
    protected override FloatClasses Classes(IsNaN op) => FloatClasses.NaN;
}

internal sealed class IsInfKernel : FloatClassKernel<IsInf>
{
    protected override FloatClasses Classes(IsInf op) => (op.DetectNegative ? FloatClasses.NegativeInfinity : 0) | (op.DetectPositive ? FloatClasses.PositiveInfinity : 0);
}

[Flags]
internal enum FloatClasses
{
    NaN = 1,
    NegativeInfinity = 2,
    PositiveInfinity = 4,
}

/// <summary>Told from the bits: in every IEEE type infinity is all ones in the exponent, and what is above that (without its sign) is NaN. libtorch's forms of these allocate.</summary>
internal abstract unsafe class FloatClassKernel<TOperator> : Kernel<TOperator> where TOperator : Operator
{
    protected abstract FloatClasses Classes(TOperator op);

    protected sealed override void Run(TOperator op, KernelContext c)
    {
        ElementType element = c.Signature.Input(0).Element;
        switch (element)
        {
            case ElementType.Float64: Run<ulong>(c, Classes(op), 0x7ff0_0000_0000_0000); break;
            case ElementType.Float32: Run<uint>(c, Classes(op), 0x7f80_0000); break;
            case ElementType.BFloat16: Run<ushort>(c, Classes(op), 0x7f80); break;
            default: Run<ushort>(c, Classes(op), 0x7c00); break;
        }
    }

    private static void Run<T>(KernelContext c, FloatClasses classes, T infinity) where T : unmanaged, IBinaryInteger<T>
        => Workers.For(new Loop<T> { X = c.In<T>(0), Y = c.Out<byte>(0), Classes = classes, Infinity = infinity, Sign = T.One << (sizeof(T) * 8 - 1) }, c.Signature.Output(0).Elements, 1 << 14);

    private struct Loop<T> : IRangeKernel where T : unmanaged, IBinaryInteger<T>
    {
        public T* X;
        public byte* Y;
        public FloatClasses Classes;
        public T Infinity, Sign;

        public readonly void Run(long begin, long end)
        {
            for (long i = begin; i < end; i++)
            {
                T bits = X[i], size = bits & ~Sign;
                FloatClasses found = size > Infinity ? FloatClasses.NaN : size < Infinity ? 0 : bits == size ? FloatClasses.PositiveInfinity : FloatClasses.NegativeInfinity;
                Y[i] = (found & Classes) != 0 ? (byte)1 : (byte)0;
            }
        }
    }
}
