using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Headroom.Runtime.Kernels.Quantization;

/// <summary>Quantized integers in memory. A struct without fields, so that each kernel is compiled for each type.</summary>
internal unsafe interface IQuantized
{
    static abstract int Bytes { get; }

    static abstract int Lowest { get; }

    static abstract int Highest { get; }

    static abstract int Get(byte* data, long i);

    static abstract void Set(byte* data, long i, int value);

    /// <summary>Sixteen neighbours.</summary>
    static abstract Vector512<int> Load(byte* data, long i);

    /// <summary>Sixteen neighbours, which lie within the type's range.</summary>
    static abstract void Store(byte* data, long i, Vector512<int> value);
}

internal readonly unsafe struct QuantizedInt8 : IQuantized
{
    public static int Bytes => 1;

    public static int Lowest => sbyte.MinValue;

    public static int Highest => sbyte.MaxValue;

    public static int Get(byte* data, long i) => ((sbyte*)data)[i];

    public static void Set(byte* data, long i, int value) => ((sbyte*)data)[i] = (sbyte)value;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<int> Load(byte* data, long i)
    {
        Vector128<sbyte> narrow = Vector128.Load((sbyte*)data + i);
        if (Avx512F.IsSupported) return Avx512F.ConvertToVector512Int32(narrow);
        (Vector128<short> low, Vector128<short> high) = Vector128.Widen(narrow);
        return Vector512.Create(Vector256.Create(Vector128.WidenLower(low), Vector128.WidenUpper(low)), Vector256.Create(Vector128.WidenLower(high), Vector128.WidenUpper(high)));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(byte* data, long i, Vector512<int> value) => QuantizedUInt8.Store(data, i, value);
}

internal readonly unsafe struct QuantizedUInt8 : IQuantized
{
    public static int Bytes => 1;

    public static int Lowest => byte.MinValue;

    public static int Highest => byte.MaxValue;

    public static int Get(byte* data, long i) => data[i];

    public static void Set(byte* data, long i, int value) => data[i] = (byte)value;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<int> Load(byte* data, long i)
    {
        Vector128<byte> narrow = Vector128.Load(data + i);
        if (Avx512F.IsSupported) return Avx512F.ConvertToVector512Int32(narrow);
        (Vector128<ushort> low, Vector128<ushort> high) = Vector128.Widen(narrow);
        return Vector512.Create(Vector256.Create(Vector128.WidenLower(low), Vector128.WidenUpper(low)).AsInt32(), Vector256.Create(Vector128.WidenLower(high), Vector128.WidenUpper(high)).AsInt32());
    }

    // The low byte of each lane, whatever its sign.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(byte* data, long i, Vector512<int> value)
    {
        if (Avx512F.IsSupported)
        {
            Avx512F.ConvertToVector128Byte(value.AsUInt32()).Store(data + i);
            return;
        }
        Vector256<ushort> halves = Vector256.Narrow(value.GetLower().AsUInt32(), value.GetUpper().AsUInt32());
        Vector128.Narrow(halves.GetLower(), halves.GetUpper()).Store(data + i);
    }
}

internal readonly unsafe struct QuantizedInt32 : IQuantized
{
    public static int Bytes => 4;

    public static int Lowest => int.MinValue;

    public static int Highest => int.MaxValue;

    public static int Get(byte* data, long i) => ((int*)data)[i];

    public static void Set(byte* data, long i, int value) => ((int*)data)[i] = value;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<int> Load(byte* data, long i) => Vector512.Load((int*)data + i);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(byte* data, long i, Vector512<int> value) => value.Store((int*)data + i);
}
