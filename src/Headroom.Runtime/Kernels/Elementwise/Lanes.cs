using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Headroom.Runtime.Kernels.Elementwise;

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
