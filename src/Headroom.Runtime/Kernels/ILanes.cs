using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Headroom.Runtime.Kernels.Fused;

namespace Headroom.Runtime.Kernels;

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

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static T Get(void* source, long i) => ((T*)source)[i];

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
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

    // The exponent moves by a product with 2^112, which is exact and makes small numbers normal; infinity and NaN get the largest exponent.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> Load(void* source)
    {
        Vector256<ushort> halves = Vector256.Load((ushort*)source);
        Vector512<uint> wide = Vector512.Create(Vector256.WidenLower(halves), Vector256.WidenUpper(halves)), magnitude = wide & Vector512.Create(0x7fffu), shifted = Vector512.ShiftLeft(magnitude, 13);
        Vector512<uint> number = (shifted.AsSingle() * Vector512.Create(0x77800000u).AsSingle()).AsUInt32(), special = shifted | Vector512.Create(0x7f800000u);
        Vector512<uint> bits = Vector512.ConditionalSelect(Vector512.GreaterThanOrEqual(magnitude, Vector512.Create(0x7c00u)), special, number);
        return (bits | Vector512.ShiftLeft(wide & Vector512.Create(0x8000u), 16)).AsSingle();
    }

    // Rounded to nearest, ties to even: by carrying into the kept bits, and for the smallest numbers by a sum with 1/2, whose last place is theirs.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(void* target, Vector512<float> value)
    {
        Vector512<uint> bits = value.AsUInt32(), magnitude = bits & Vector512.Create(0x7fffffffu), half = Vector512.Create(0x3f000000u);
        Vector512<uint> odd = Vector512.ShiftRightLogical(magnitude, 13) & Vector512<uint>.One;
        Vector512<uint> normal = Vector512.ShiftRightLogical(magnitude + Vector512.Create(0xc8000fffu) + odd, 13);
        Vector512<uint> small = (magnitude.AsSingle() + half.AsSingle()).AsUInt32() - half;
        Vector512<uint> special = Vector512.ConditionalSelect(Vector512.GreaterThan(magnitude, Vector512.Create(0x7f800000u)), Vector512.Create(0x7e00u), Vector512.Create(0x7c00u));
        Vector512<uint> rounded = Vector512.ConditionalSelect(Vector512.LessThan(magnitude, Vector512.Create(0x38800000u)), small, normal);
        rounded = Vector512.ConditionalSelect(Vector512.GreaterThanOrEqual(magnitude, Vector512.Create(0x47800000u)), special, rounded);
        rounded |= Vector512.ShiftRightLogical(bits, 16) & Vector512.Create(0x8000u);
        Vector256.Narrow(rounded.GetLower(), rounded.GetUpper()).Store((ushort*)target);
    }

    public static Vector512<float> Spread(void* source) => Vector512.Create(Get(source, 0));

    public static float Get(void* source, long i) => (float)((Half*)source)[i];

    public static void Set(void* target, long i, float value) => ((Half*)target)[i] = (Half)value;
}
