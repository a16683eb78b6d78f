using System.Numerics;
using System.Runtime.CompilerServices;
using Headroom.Graph;
using Headroom.Runtime.LibTorch;

namespace Headroom.Runtime.Kernels.Structure;

/// <summary>Weighted sums along one axis of <c>[outer, from, inner]</c>, giving <c>[outer, to, inner]</c>; each row of <c>inner</c> elements is written once.</summary>
internal unsafe struct AxisPass<T> : IRangeKernel where T : unmanaged, INumber<T>
{
    public T* X, Y, Factors;
    public int* Rows, Sources;
    public long From, To, Inner;
    public T Fill;

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public readonly void Run(long begin, long end)
    {
        long row = begin / Math.Max(1, To), at = begin % Math.Max(1, To);
        for (long i = begin; i < end; i++)
        {
            T* x = X + row * From * Inner, y = Y + i * Inner;
            int first = Rows[at], last = Rows[at + 1];
            if (Inner == 1)
            {
                T sum = first == last ? Fill : T.Zero;
                for (int k = first; k < last; k++) sum += Factors[k] * x[Sources[k]];
                *y = sum;
            }
            else
            {
                Sum(x, y, first, last);
            }
            if (++at == To) (row, at) = (row + 1, 0);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private readonly void Sum(T* x, T* y, int first, int last)
    {
        long i = 0;
        for (; i + Vector<T>.Count <= Inner; i += Vector<T>.Count)
        {
            Vector<T> sum = first == last ? new Vector<T>(Fill) : Vector<T>.Zero;
            for (int k = first; k < last; k++) sum += Unsafe.ReadUnaligned<Vector<T>>(x + Sources[k] * Inner + i) * Factors[k];
            Unsafe.WriteUnaligned(y + i, sum);
        }
        for (; i < Inner; i++)
        {
            T sum = first == last ? Fill : T.Zero;
            for (int k = first; k < last; k++) sum += Factors[k] * x[Sources[k] * Inner + i];
            y[i] = sum;
        }
    }
}

/// <summary>Elements that are computed in another type than they are stored in. To integers: rounded, ties to even, and limited to what the type holds.</summary>
internal static unsafe class StagedElements
{
    private const long Grain = 1 << 14;

    public static void Widen<T>(void* from, TensorType type, T* to) where T : unmanaged, INumber<T>
    {
        long n = type.Elements;
        switch (type.Element)
        {
            case ElementType.BFloat16: Workers.For(new WidenLoop<BFloat16Scalar, T> { From = from, To = to }, n, Grain); break;
            case ElementType.Float16: Workers.For(new WidenLoop<Float16Scalar, T> { From = from, To = to }, n, Grain); break;
            case ElementType.Int8: Workers.For(new WidenLoop<Int8Scalar, T> { From = from, To = to }, n, Grain); break;
            case ElementType.UInt8: Workers.For(new WidenLoop<UInt8Scalar, T> { From = from, To = to }, n, Grain); break;
            case ElementType.Int32: Workers.For(new WidenLoop<Integer32, T> { From = from, To = to }, n, Grain); break;
            case ElementType.Int64: Workers.For(new WidenLoop<Integer64, T> { From = from, To = to }, n, Grain); break;
            default: throw new NotSupportedException($"{type} needs no staging");
        }
    }

    public static void Narrow<T>(T* from, void* to, TensorType type) where T : unmanaged, INumber<T>
    {
        long n = type.Elements;
        switch (type.Element)
        {
            case ElementType.BFloat16: Workers.For(new NarrowLoop<BFloat16Scalar, T> { From = from, To = to }, n, Grain); break;
            case ElementType.Float16: Workers.For(new NarrowLoop<Float16Scalar, T> { From = from, To = to }, n, Grain); break;
            case ElementType.Int8: Workers.For(new NarrowLoop<Int8Scalar, T> { From = from, To = to, Low = sbyte.MinValue, High = sbyte.MaxValue, Round = true }, n, Grain); break;
            case ElementType.UInt8: Workers.For(new NarrowLoop<UInt8Scalar, T> { From = from, To = to, Low = byte.MinValue, High = byte.MaxValue, Round = true }, n, Grain); break;
            case ElementType.Int32: Workers.For(new NarrowLoop<Integer32, T> { From = from, To = to, Low = int.MinValue, High = int.MaxValue, Round = true }, n, Grain); break;
            case ElementType.Int64: Workers.For(new NarrowLoop<Integer64, T> { From = from, To = to, Low = long.MinValue, High = long.MaxValue, Round = true }, n, Grain); break;
            default: throw new NotSupportedException($"{type} needs no staging");
        }
    }

    private struct WidenLoop<TScalar, T> : IRangeKernel where TScalar : struct, IScalar where T : unmanaged, INumber<T>
    {
        public void* From;
        public T* To;

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public readonly void Run(long begin, long end)
        {
            for (long i = begin; i < end; i++) To[i] = T.CreateTruncating(TScalar.Read(From, i));
        }
    }

    private struct NarrowLoop<TScalar, T> : IRangeKernel where TScalar : struct, IScalar where T : unmanaged, INumber<T>
    {
        public T* From;
        public void* To;
        public double Low, High;
        public bool Round;

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public readonly void Run(long begin, long end)
        {
            for (long i = begin; i < end; i++)
            {
                double value = double.CreateTruncating(From[i]);
                TScalar.Write(To, i, Round ? Math.Clamp(Math.Round(value), Low, High) : value);
            }
        }
    }

    private readonly struct Integer32 : IScalar
    {
        public static double Read(void* data, long i) => ((int*)data)[i];

        public static void Write(void* data, long i, double value) => ((int*)data)[i] = (int)value;
    }

    private readonly struct Integer64 : IScalar
    {
        public static double Read(void* data, long i) => ((long*)data)[i];

        public static void Write(void* data, long i, double value) => ((long*)data)[i] = (long)value;
    }
}
