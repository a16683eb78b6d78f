using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Headroom.Runtime.Kernels.Fused;

/// <summary>Whether rows end within a vector: known when a kernel is compiled, so that whole rows carry no trace of the tail's code (a call in a loop would empty every vector register).</summary>
internal interface IEnding
{
    static abstract bool Whole { get; }
}

/// <summary>Every row is a multiple of 16 elements.</summary>
internal readonly struct Whole : IEnding
{
    static bool IEnding.Whole => true;
}

/// <summary>Rows may end within a vector.</summary>
internal readonly struct Ragged : IEnding
{
    static bool IEnding.Whole => false;
}

/// <summary>How a kernel's operand lies in memory; its arithmetic is fp32 whatever it is. A struct without fields, so that each kernel is compiled for each storage.</summary>
/// <remarks>Sixteen lanes at a time: one register with AVX-512, two with AVX2, four with NEON. The last few elements of a row are read and written one by one.</remarks>
internal unsafe interface IElement
{
    /// <summary>Bytes of one element.</summary>
    static abstract int Bytes { get; }

    /// <summary>Elements <paramref name="i"/> to <paramref name="i"/> + 15; those from <paramref name="n"/> on are not read and come as 0.</summary>
    static abstract Vector512<float> Load<S>(void* source, long i, long n) where S : struct, IEnding;

    /// <summary>Writes elements <paramref name="i"/> to <paramref name="i"/> + 15, except those from <paramref name="n"/> on.</summary>
    static abstract void Store<S>(void* target, long i, long n, Vector512<float> value) where S : struct, IEnding;

    /// <summary>One element.</summary>
    static abstract float Get(void* source, long i);

    /// <summary>Writes one element.</summary>
    static abstract void Set(void* target, long i, float value);
}

/// <summary>Elements of 4 bytes, as they are.</summary>
internal readonly unsafe struct F32 : IElement
{
    public static int Bytes => 4;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> Load<S>(void* source, long i, long n) where S : struct, IEnding
        => S.Whole || i + 16 <= n ? Vector512.Load((float*)source + i) : Partial((float*)source + i, n - i);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store<S>(void* target, long i, long n, Vector512<float> value) where S : struct, IEnding
    {
        if (S.Whole || i + 16 <= n) value.Store((float*)target + i);
        else StorePartial((float*)target + i, n - i, value);
    }

    public static float Get(void* source, long i) => ((float*)source)[i];

    public static void Set(void* target, long i, float value) => ((float*)target)[i] = value;

    [MethodImpl(MethodImplOptions.NoInlining)]
    static Vector512<float> Partial(float* source, long count)
    {
        float* lanes = stackalloc float[16];
        for (int k = 0; k < 16; k++) lanes[k] = k < count ? source[k] : 0;
        return Vector512.Load(lanes);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    static void StorePartial(float* target, long count, Vector512<float> value)
    {
        for (int k = 0; k < count; k++) target[k] = value.GetElement(k);
    }
}

/// <summary>Elements of 2 bytes: the upper half of an fp32. Rounded to nearest, ties to even; NaN stays NaN.</summary>
internal readonly unsafe struct BF16 : IElement
{
    public static int Bytes => 2;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> Load<S>(void* source, long i, long n) where S : struct, IEnding
        => S.Whole || i + 16 <= n ? Widen(Vector256.Load((ushort*)source + i)) : Partial((ushort*)source + i, n - i);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store<S>(void* target, long i, long n, Vector512<float> value) where S : struct, IEnding
    {
        if (S.Whole || i + 16 <= n) Narrow(value).Store((ushort*)target + i);
        else StorePartial((ushort*)target + i, n - i, value);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> Widen(Vector256<ushort> halves)
    {
        Vector512<uint> wide = Avx512F.IsSupported
            ? Avx512F.ConvertToVector512UInt32(halves)
            : Vector512.Create(Vector256.WidenLower(halves), Vector256.WidenUpper(halves));
        return Vector512.ShiftLeft(wide, 16).AsSingle();
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<ushort> Narrow(Vector512<float> value)
    {
        Vector512<uint> bits = value.AsUInt32();
        Vector512<uint> odd = Vector512.ShiftRightLogical(bits, 16) & Vector512<uint>.One;
        Vector512<uint> rounded = Vector512.ShiftRightLogical(bits + Vector512.Create(0x7fffu) + odd, 16);
        // Rounding may carry a NaN's payload into infinity or zero: write a quiet NaN for each.
        Vector512<uint> isNumber = Vector512.Equals(value, value).AsUInt32();
        rounded = Vector512.ConditionalSelect(isNumber, rounded, Vector512.Create(0x7fc0u));
        return Avx512F.IsSupported
            ? Avx512F.ConvertToVector256UInt16(rounded)
            : Vector256.Narrow(rounded.GetLower(), rounded.GetUpper());
    }

    /// <summary>One value, rounded as a vector is.</summary>
    public static ushort Round(float value)
    {
        uint bits = BitConverter.SingleToUInt32Bits(value);
        return float.IsNaN(value) ? (ushort)0x7fc0 : (ushort)((bits + 0x7fff + (bits >> 16 & 1)) >> 16);
    }

    public static float Get(void* source, long i) => BitConverter.UInt32BitsToSingle((uint)((ushort*)source)[i] << 16);

    public static void Set(void* target, long i, float value) => ((ushort*)target)[i] = Round(value);

    [MethodImpl(MethodImplOptions.NoInlining)]
    static Vector512<float> Partial(ushort* source, long count)
    {
        ushort* lanes = stackalloc ushort[16];
        for (int k = 0; k < 16; k++) lanes[k] = k < count ? source[k] : (ushort)0;
        return Widen(Vector256.Load(lanes));
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    static void StorePartial(ushort* target, long count, Vector512<float> value)
    {
        for (int k = 0; k < count; k++) target[k] = Round(value.GetElement(k));
    }
}
