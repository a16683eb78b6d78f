using System.Numerics;
using Headroom.Graph;
using Headroom.Graph.Operators;
using Headroom.Runtime.LibTorch;

namespace Headroom.Runtime.Kernels.Elementwise;

/// <summary>
/// Casts by libtorch's <c>copy_</c>, which takes any strides, except where C++ leaves the result open (floating numbers outside an integer's range, where processors differ)
/// or where it would round twice (fp64 by way of fp32 to a half type): those by a loop of our own.
/// </summary>
internal static unsafe class Conversion
{
    private const long Grain = 1 << 14;

    public static void Run(KernelContext c)
    {
        Tensor x = c.Input(0);
        TensorType from = c.Signature.Input(0), to = c.Signature.Output(0);
        if (to.Elements == 0) return;
        bool integer = from.Element.IsFloat() && !to.Element.IsFloat() && to.Element != ElementType.Bool;
        bool narrowed = from.Element == ElementType.Float64 && to.Element is ElementType.Float16 or ElementType.BFloat16;
        if (!integer && !narrowed)
        {
            c.Output(0).CopyFrom(x, node: c.Node.Name);
            return;
        }
        Walk walk = Walk.Create(to.Shape, x, x, c.Node.Name);
        void* source = x.Data, target = c.Output(0).Data;
        switch (from.Element)
        {
            case ElementType.Float32: To<Float32Scalar>(to.Element, walk, source, target); break;
            case ElementType.Float64: To<Float64Scalar>(to.Element, walk, source, target); break;
            case ElementType.Float16: To<Float16Scalar>(to.Element, walk, source, target); break;
            default: To<BFloat16Scalar>(to.Element, walk, source, target); break;
        }
    }

    private static void To<TFrom>(ElementType to, Walk walk, void* source, void* target) where TFrom : struct, IScalar
    {
        switch (to)
        {
            case ElementType.Int8: Each<TFrom, Saturated<sbyte>>(walk, source, target); break;
            case ElementType.UInt8: Each<TFrom, Saturated<byte>>(walk, source, target); break;
            case ElementType.Int32: Each<TFrom, Saturated<int>>(walk, source, target); break;
            case ElementType.Int64: Each<TFrom, Saturated<long>>(walk, source, target); break;
            case ElementType.Float16: Each<TFrom, Float16Scalar>(walk, source, target); break;
            default: Each<TFrom, BFloat16Scalar>(walk, source, target); break;
        }
    }

    private static void Each<TFrom, TTo>(Walk walk, void* source, void* target) where TFrom : struct, IScalar where TTo : struct, IScalar
        => Workers.For(new Loop<TFrom, TTo> { Walk = walk, Source = source, Target = target }, walk.Count, Grain);

    private struct Loop<TFrom, TTo> : IRangeKernel where TFrom : struct, IScalar where TTo : struct, IScalar
    {
        public Walk Walk;
        public void* Source, Target;

        public readonly void Run(long begin, long end)
        {
            long inner = Walk.Inner, step = Walk.StrideA;
            for (long at = begin; at < end;)
            {
                long column = at % inner, n = Math.Min(inner - column, end - at), from = Walk.At(at / inner).A + column * step;
                for (long i = 0; i < n; i++) TTo.Write(Target, at + i, TFrom.Read(Source, from + i * step));
                at += n;
            }
        }
    }

    /// <summary>Truncated towards zero, at most the nearest end of the range, 0 for NaN.</summary>
    private readonly struct Saturated<T> : IScalar where T : unmanaged, INumber<T>
    {
        public static double Read(void* data, long i) => double.CreateTruncating(((T*)data)[i]);

        public static void Write(void* data, long i, double value) => ((T*)data)[i] = T.CreateSaturating(value);
    }
}

internal sealed class CastKernel : Kernel<Cast>
{
    protected override void Run(Cast op, KernelContext c) => Conversion.Run(c);
}

internal sealed class CastLikeKernel : Kernel<CastLike>
{
    protected override void Run(CastLike op, KernelContext c) => Conversion.Run(c);
}
