using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Headroom.Graph;
using Headroom.Runtime.Kernels.Fused;

namespace Headroom.Runtime.Kernels.Normalization;

/// <summary>How a normalization's operand lies in memory, and the type it is computed in: fp64 for fp64, fp32 for all others. A struct without fields, so that each kernel is compiled for each storage.</summary>
internal unsafe interface ILanes<C> where C : unmanaged, IBinaryFloatingPointIeee754<C>
{
    static abstract int Bytes { get; }

    /// <summary>As many elements as a register of <typeparamref name="C"/> holds.</summary>
    static abstract Vector512<C> Load(byte* source);

    static abstract void Store(byte* target, Vector512<C> value);

    static abstract C Get(byte* source);

    static abstract void Set(byte* target, C value);
}

/// <summary>fp32 and fp64, as they are.</summary>
internal readonly unsafe struct NativeLanes<C> : ILanes<C> where C : unmanaged, IBinaryFloatingPointIeee754<C>
{
    public static int Bytes => sizeof(C);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<C> Load(byte* source) => Vector512.Load((C*)source);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(byte* target, Vector512<C> value) => value.Store((C*)target);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static C Get(byte* source) => *(C*)source;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Set(byte* target, C value) => *(C*)target = value;
}

internal readonly unsafe struct BFloat16Lanes : ILanes<float>
{
    public static int Bytes => 2;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> Load(byte* source) => BF16.Widen(Vector256.Load((ushort*)source));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(byte* target, Vector512<float> value) => BF16.Narrow(value).Store((ushort*)target);

    public static float Get(byte* source) => BF16.Get(source, 0);

    public static void Set(byte* target, float value) => BF16.Set(target, 0, value);
}

internal readonly unsafe struct HalfLanes : ILanes<float>
{
    public static int Bytes => 2;

    public static Vector512<float> Load(byte* source)
    {
        float* lanes = stackalloc float[16];
        for (int i = 0; i < 16; i++) lanes[i] = (float)((Half*)source)[i];
        return Vector512.Load(lanes);
    }

    public static void Store(byte* target, Vector512<float> value)
    {
        float* lanes = stackalloc float[16];
        value.Store(lanes);
        for (int i = 0; i < 16; i++) ((Half*)target)[i] = (Half)lanes[i];
    }

    public static float Get(byte* source) => (float)*(Half*)source;

    public static void Set(byte* target, float value) => *(Half*)target = (Half)value;
}

/// <summary>Work that is compiled for a storage.</summary>
internal interface ILanesWork
{
    void Run<T, C>() where T : struct, ILanes<C> where C : unmanaged, IBinaryFloatingPointIeee754<C>;
}

internal static unsafe class Lanes
{
    /// <summary>Runs the work in the form of an element type.</summary>
    public static void Run<TWork>(ElementType element, TWork work) where TWork : struct, ILanesWork
    {
        switch (element)
        {
            case ElementType.Float32: work.Run<NativeLanes<float>, float>(); break;
            case ElementType.BFloat16: work.Run<BFloat16Lanes, float>(); break;
            case ElementType.Float16: work.Run<HalfLanes, float>(); break;
            default: work.Run<NativeLanes<double>, double>(); break;
        }
    }

    /// <summary>The type that an element type is computed in.</summary>
    public static ElementType Computed(ElementType element) => element == ElementType.Float64 ? element : ElementType.Float32;

    /// <summary>Bytes of so many numbers that are computed with, in whole cache lines.</summary>
    public static long Room(long count, ElementType element) => (count * Computed(element).Size() + 63) / 64 * 64;

    /// <summary>Sum of a run of elements.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static C Sum<T, C>(byte* x, long n) where T : struct, ILanes<C> where C : unmanaged, IBinaryFloatingPointIeee754<C>
    {
        int lanes = Vector512<C>.Count;
        Vector512<C> a = Vector512<C>.Zero, b = a;
        long i = 0;
        for (; i + 2 * lanes <= n; i += 2 * lanes)
        {
            a += T.Load(x + i * T.Bytes);
            b += T.Load(x + (i + lanes) * T.Bytes);
        }
        for (; i + lanes <= n; i += lanes) a += T.Load(x + i * T.Bytes);
        C sum = Vector512.Sum(a + b);
        for (; i < n; i++) sum += T.Get(x + i * T.Bytes);
        return sum;
    }

    /// <summary>Sum of the squared distances of a run of elements from a value.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static C Squares<T, C>(byte* x, long n, C from) where T : struct, ILanes<C> where C : unmanaged, IBinaryFloatingPointIeee754<C>
    {
        int lanes = Vector512<C>.Count;
        Vector512<C> a = Vector512<C>.Zero, b = a, m = Vector512.Create(from);
        long i = 0;
        for (; i + 2 * lanes <= n; i += 2 * lanes)
        {
            Vector512<C> u = T.Load(x + i * T.Bytes) - m, v = T.Load(x + (i + lanes) * T.Bytes) - m;
            a += u * u;
            b += v * v;
        }
        for (; i + lanes <= n; i += lanes)
        {
            Vector512<C> u = T.Load(x + i * T.Bytes) - m;
            a += u * u;
        }
        C sum = Vector512.Sum(a + b);
        for (; i < n; i++)
        {
            C u = T.Get(x + i * T.Bytes) - from;
            sum += u * u;
        }
        return sum;
    }

    /// <summary>Mean (0 where it isn't taken off) and <c>1 / √(variance + ε)</c> of a run: twice over it, so that values far from zero keep their digits.</summary>
    public static (C Mean, C Inverse) Statistics<T, C>(byte* x, long n, double epsilon, bool centred) where T : struct, ILanes<C> where C : unmanaged, IBinaryFloatingPointIeee754<C>
    {
        C count = C.CreateChecked(n), mean = centred ? Sum<T, C>(x, n) / count : C.Zero;
        return (mean, C.One / C.Sqrt(Squares<T, C>(x, n, mean) / count + C.CreateChecked(epsilon)));
    }
}
