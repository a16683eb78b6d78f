using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Headroom.Runtime.Kernels.Fused;

namespace Headroom.Runtime.Kernels.Elementwise;

/// <summary>How a storage type fills a register of the type that it is computed in. A struct without fields, so that each loop is compiled for each storage.</summary>
internal unsafe interface ILanes<T> where T : unmanaged
{
    /// <summary>Bytes of one stored element.</summary>
    static abstract int Bytes { get; }

    /// <summary>A full register of neighbours.</summary>
    static abstract Vector512<T> Load(void* source);

    /// <summary>One element in every lane.</summary>
    static abstract Vector512<T> Spread(void* source);

    static abstract void Store(void* target, Vector512<T> value);

    static abstract T Get(void* source, long i);

    static abstract void Set(void* target, long i, T value);
}

/// <summary>fp32 and fp64, as they are.</summary>
internal readonly unsafe struct NativeLanes<T> : ILanes<T> where T : unmanaged
{
    public static int Bytes => sizeof(T);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<T> Load(void* source) => Vector512.Load((T*)source);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<T> Spread(void* source) => Vector512.Create(*(T*)source);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(void* target, Vector512<T> value) => value.Store((T*)target);

    public static T Get(void* source, long i) => ((T*)source)[i];

    public static void Set(void* target, long i, T value) => ((T*)target)[i] = value;
}

/// <summary>bf16, computed in fp32.</summary>
internal readonly unsafe struct BFloat16Lanes : ILanes<float>
{
    public static int Bytes => 2;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> Load(void* source) => BF16.Widen(Vector256.Load((ushort*)source));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> Spread(void* source) => Vector512.Create(Get(source, 0));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(void* target, Vector512<float> value) => BF16.Narrow(value).Store((ushort*)target);

    public static float Get(void* source, long i) => BF16.Get(source, i);

    public static void Set(void* target, long i, float value) => BF16.Set(target, i, value);
}

/// <summary>fp16, computed in fp32.</summary>
internal readonly unsafe struct HalfLanes : ILanes<float>
{
    public static int Bytes => 2;

    [MethodImpl(MethodImplOptions.NoInlining)]
    public static Vector512<float> Load(void* source)
    {
        float* lanes = stackalloc float[16];
        for (int k = 0; k < 16; k++) lanes[k] = (float)((Half*)source)[k];
        return Vector512.Load(lanes);
    }

    public static Vector512<float> Spread(void* source) => Vector512.Create(Get(source, 0));

    [MethodImpl(MethodImplOptions.NoInlining)]
    public static void Store(void* target, Vector512<float> value)
    {
        for (int k = 0; k < 16; k++) ((Half*)target)[k] = (Half)value.GetElement(k);
    }

    public static float Get(void* source, long i) => (float)((Half*)source)[i];

    public static void Set(void* target, long i, float value) => ((Half*)target)[i] = (Half)value;
}

/// <summary>Registers that may not be full, or whose elements don't lie side by side.</summary>
internal static unsafe class Lanes
{
    /// <summary>The first <paramref name="n"/> neighbours; the lanes above are 0.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<T> Load<T, TLanes>(void* source, long n) where T : unmanaged where TLanes : struct, ILanes<T>
        => n == Vector512<T>.Count ? TLanes.Load(source) : Gather<T, TLanes>(source, 1, n);

    /// <summary>The first <paramref name="n"/> elements, so many apart (0 repeats one); the lanes above are 0.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<T> Load<T, TLanes>(void* source, long stride, long n) where T : unmanaged where TLanes : struct, ILanes<T>
        => stride == 0 ? TLanes.Spread(source) : stride == 1 && n == Vector512<T>.Count ? TLanes.Load(source) : Gather<T, TLanes>(source, stride, n);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store<T, TLanes>(void* target, long n, Vector512<T> value) where T : unmanaged where TLanes : struct, ILanes<T>
    {
        if (n == Vector512<T>.Count) TLanes.Store(target, value);
        else Scatter<T, TLanes>(target, n, value);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static Vector512<T> Gather<T, TLanes>(void* source, long stride, long n) where T : unmanaged where TLanes : struct, ILanes<T>
    {
        T* lanes = stackalloc T[Vector512<T>.Count];
        for (int k = 0; k < Vector512<T>.Count; k++) lanes[k] = k < n ? TLanes.Get(source, k * stride) : default;
        return Vector512.Load(lanes);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void Scatter<T, TLanes>(void* target, long n, Vector512<T> value) where T : unmanaged where TLanes : struct, ILanes<T>
    {
        for (int k = 0; k < n; k++) TLanes.Set(target, k, value.GetElement(k));
    }
}
