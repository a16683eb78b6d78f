using System.Runtime.InteropServices;

namespace Headroom.Graph;

/// <summary>Single elements of any type to and from double.</summary>
public static class Numbers
{
    public static double Read(ElementType type, ReadOnlySpan<byte> bytes) => type switch
    {
        ElementType.Float32 => MemoryMarshal.Read<float>(bytes),
        ElementType.Float64 => MemoryMarshal.Read<double>(bytes),
        ElementType.Float16 => (double)MemoryMarshal.Read<Half>(bytes),
        ElementType.BFloat16 => BitConverter.UInt32BitsToSingle((uint)MemoryMarshal.Read<ushort>(bytes) << 16),
        ElementType.Int64 => MemoryMarshal.Read<long>(bytes),
        ElementType.Int32 => MemoryMarshal.Read<int>(bytes),
        ElementType.Int8 => (sbyte)bytes[0],
        _ => bytes[0],
    };

    public static void Write(ElementType type, double value, Span<byte> bytes)
    {
        switch (type)
        {
            case ElementType.Float32: MemoryMarshal.Write(bytes, (float)value); break;
            case ElementType.Float64: MemoryMarshal.Write(bytes, value); break;
            case ElementType.Float16: MemoryMarshal.Write(bytes, (Half)value); break;
            case ElementType.BFloat16: MemoryMarshal.Write(bytes, ToBFloat16(value)); break;
            case ElementType.Int64: MemoryMarshal.Write(bytes, (long)value); break;
            case ElementType.Int32: MemoryMarshal.Write(bytes, (int)value); break;
            case ElementType.Int8: bytes[0] = (byte)(sbyte)value; break;
            case ElementType.Bool: bytes[0] = value != 0 ? (byte)1 : (byte)0; break;
            default: bytes[0] = (byte)value; break;
        }
    }

    /// <summary>An element of an integer type or bool, exactly: a double holds 53 bits only.</summary>
    public static long ReadInteger(ElementType type, ReadOnlySpan<byte> bytes) => type switch
    {
        ElementType.Int64 => MemoryMarshal.Read<long>(bytes),
        ElementType.Int32 => MemoryMarshal.Read<int>(bytes),
        ElementType.Int8 => (sbyte)bytes[0],
        _ => bytes[0],
    };

    /// <summary>Stores an integer in any type; in a narrower integer without its upper bits, in a bool as whether it isn't zero.</summary>
    public static void WriteInteger(ElementType type, long value, Span<byte> bytes)
    {
        switch (type)
        {
            case ElementType.Int64: MemoryMarshal.Write(bytes, value); break;
            case ElementType.Int32: MemoryMarshal.Write(bytes, unchecked((int)value)); break;
            case ElementType.Int8 or ElementType.UInt8: bytes[0] = unchecked((byte)value); break;
            case ElementType.Bool: bytes[0] = value != 0 ? (byte)1 : (byte)0; break;
            default: Write(type, value, bytes); break;
        }
    }

    /// <summary>A floating number as an integer that an integer type holds: truncated towards zero, at most the nearest end of the type's range, 0 for NaN.</summary>
    public static long Saturate(ElementType type, double value) => type switch
    {
        ElementType.Int8 => sbyte.CreateSaturating(value),
        ElementType.UInt8 => byte.CreateSaturating(value),
        ElementType.Int32 => int.CreateSaturating(value),
        _ => long.CreateSaturating(value),
    };

    /// <summary>Round to nearest, ties to even; NaN stays NaN.</summary>
    public static ushort ToBFloat16(float value)
    {
        uint bits = BitConverter.SingleToUInt32Bits(value);
        return float.IsNaN(value) ? (ushort)((bits >> 16) | 0x40) : (ushort)((bits + 0x7FFF + ((bits >> 16) & 1)) >> 16);
    }

    /// <summary>Rounded once, from the double itself: through a float rounded to nearest, a number just beside a tie would be taken for the tie.</summary>
    /// <remarks>The float in between is rounded to odd (Boldo and Melquiond, "Emulation of FMA and correctly rounded sums", IEEE Trans. Comput. 57, 2008): it has bits enough that the second rounding is the right one.</remarks>
    public static ushort ToBFloat16(double value)
    {
        float near = (float)value;
        if (near == value || double.IsNaN(value)) return ToBFloat16(near);
        uint bits = BitConverter.SingleToUInt32Bits(near);
        if (Math.Abs((double)near) > Math.Abs(value)) bits--;
        return ToBFloat16(BitConverter.UInt32BitsToSingle(bits | 1));
    }
}
