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
            case ElementType.BFloat16: MemoryMarshal.Write(bytes, ToBFloat16((float)value)); break;
            case ElementType.Int64: MemoryMarshal.Write(bytes, (long)value); break;
            case ElementType.Int32: MemoryMarshal.Write(bytes, (int)value); break;
            case ElementType.Int8: bytes[0] = (byte)(sbyte)value; break;
            case ElementType.Bool: bytes[0] = value != 0 ? (byte)1 : (byte)0; break;
            default: bytes[0] = (byte)value; break;
        }
    }

    /// <summary>Round to nearest, ties to even; NaN stays NaN.</summary>
    public static ushort ToBFloat16(float value)
    {
        uint bits = BitConverter.SingleToUInt32Bits(value);
        return float.IsNaN(value) ? (ushort)((bits >> 16) | 0x40) : (ushort)((bits + 0x7FFF + ((bits >> 16) & 1)) >> 16);
    }
}
