using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Headroom.Runtime.Kernels.Fused;
using Headroom.Runtime.LibTorch;

namespace Headroom.Runtime.Kernels.Elementwise;

/// <summary>One run of elements in a storage type. The loops are compiled at full speed at once: a few calls a step are too few for the runtime to find out that they are hot.</summary>
internal unsafe interface IRow
{
    static abstract int Bytes { get; }

    /// <summary><c>o[i] = f(a[i · sa], b[i · sb])</c>; o may be a or b themselves.</summary>
    static abstract void Run<TFunction>(void* a, long sa, void* b, long sb, void* o, long n) where TFunction : struct, IBinaryFunction;
}

/// <summary>Types that the processor computes in.</summary>
internal readonly unsafe struct NativeRow<T> : IRow where T : unmanaged, INumber<T>
{
    public static int Bytes => sizeof(T);

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Run<TFunction>(void* first, long sa, void* second, long sb, void* result, long n) where TFunction : struct, IBinaryFunction
    {
        T* a = (T*)first, b = (T*)second, o = (T*)result;
        long i = 0;
        int lanes = Vector512<T>.Count;
        if (TFunction.Vectors && sa is 0 or 1 && sb is 0 or 1 && (TFunction.Integers || typeof(T) == typeof(float) || typeof(T) == typeof(double)))
        {
            if (sa == 1 && sb == 1)
            {
                for (; i + 4 * lanes <= n; i += 4 * lanes)
                {
                    Vector512<T> x = TFunction.Of(Vector512.Load(a + i), Vector512.Load(b + i)), y = TFunction.Of(Vector512.Load(a + i + lanes), Vector512.Load(b + i + lanes));
                    Vector512<T> z = TFunction.Of(Vector512.Load(a + i + 2 * lanes), Vector512.Load(b + i + 2 * lanes)), w = TFunction.Of(Vector512.Load(a + i + 3 * lanes), Vector512.Load(b + i + 3 * lanes));
                    x.Store(o + i);
                    y.Store(o + i + lanes);
                    z.Store(o + i + 2 * lanes);
                    w.Store(o + i + 3 * lanes);
                }
                for (; i + lanes <= n; i += lanes) TFunction.Of(Vector512.Load(a + i), Vector512.Load(b + i)).Store(o + i);
            }
            else
            {
                Vector512<T> va = Vector512.Create(*a), vb = Vector512.Create(*b);
                for (; i + lanes <= n; i += lanes) TFunction.Of(sa == 0 ? va : Vector512.Load(a + i), sb == 0 ? vb : Vector512.Load(b + i)).Store(o + i);
            }
        }
        for (; i < n; i++) o[i] = TFunction.Of(a[i * sa], b[i * sb]);
    }
}

/// <summary>bf16, computed in fp32.</summary>
internal readonly unsafe struct BFloat16Row : IRow
{
    public static int Bytes => 2;

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Run<TFunction>(void* first, long sa, void* second, long sb, void* result, long n) where TFunction : struct, IBinaryFunction
    {
        ushort* a = (ushort*)first, b = (ushort*)second, o = (ushort*)result;
        long i = 0;
        if (TFunction.Vectors && sa is 0 or 1 && sb is 0 or 1)
        {
            Vector512<float> va = Vector512.Create(Wide(*a)), vb = Vector512.Create(Wide(*b));
            for (; i + 16 <= n; i += 16)
                BF16.Narrow(TFunction.Of(sa == 0 ? va : BF16.Widen(Vector256.Load(a + i)), sb == 0 ? vb : BF16.Widen(Vector256.Load(b + i)))).Store(o + i);
        }
        for (; i < n; i++) o[i] = BF16.Round(TFunction.Of(Wide(a[i * sa]), Wide(b[i * sb])));
    }

    private static float Wide(ushort half) => BitConverter.UInt32BitsToSingle((uint)half << 16);
}

/// <summary>fp16, computed in fp32.</summary>
internal readonly unsafe struct HalfRow : IRow
{
    public static int Bytes => 2;

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Run<TFunction>(void* first, long sa, void* second, long sb, void* result, long n) where TFunction : struct, IBinaryFunction
    {
        Half* a = (Half*)first, b = (Half*)second, o = (Half*)result;
        for (long i = 0; i < n; i++) o[i] = (Half)TFunction.Of((float)a[i * sa], (float)b[i * sb]);
    }
}

/// <summary>All runs of a walk, shared out by elements.</summary>
internal unsafe struct WalkKernel<TRow, TFunction> : IRangeKernel where TRow : struct, IRow where TFunction : struct, IBinaryFunction
{
    public Walk Walk;
    public byte* A, B, Out;

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public readonly void Run(long begin, long end)
    {
        long inner = Walk.Inner, run = begin / inner, column = begin % inner;
        for (long at = begin; at < end; run++, column = 0)
        {
            long n = Math.Min(inner - column, end - at);
            (long a, long b) = Walk.At(run);
            TRow.Run<TFunction>(A + (a + column * Walk.StrideA) * TRow.Bytes, Walk.StrideA, B + (b + column * Walk.StrideB) * TRow.Bytes, Walk.StrideB, Out + at * TRow.Bytes, n);
            at += n;
        }
    }
}
