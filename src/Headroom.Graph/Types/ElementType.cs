namespace Headroom.Graph;

/// <summary>The type of a tensor's elements.</summary>
public enum ElementType
{
    Float32,
    BFloat16,
    Float16,
    Float64,
    Int8,
    UInt8,
    Int32,
    Int64,
    Bool,
}

public static class ElementTypes
{
    /// <summary>Bytes that one element takes.</summary>
    public static int Size(this ElementType type) => type switch
    {
        ElementType.Float64 or ElementType.Int64 => 8,
        ElementType.Float32 or ElementType.Int32 => 4,
        ElementType.BFloat16 or ElementType.Float16 => 2,
        _ => 1,
    };

    public static bool IsFloat(this ElementType type) => type is ElementType.Float32 or ElementType.BFloat16 or ElementType.Float16 or ElementType.Float64;

    /// <summary>The name that users write and read: <c>fp32</c>, <c>bf16</c>, <c>int64</c>.</summary>
    public static string ShortName(this ElementType type) => type switch
    {
        ElementType.Float32 => "fp32",
        ElementType.BFloat16 => "bf16",
        ElementType.Float16 => "fp16",
        ElementType.Float64 => "fp64",
        ElementType.Int8 => "int8",
        ElementType.UInt8 => "uint8",
        ElementType.Int32 => "int32",
        ElementType.Int64 => "int64",
        _ => "bool",
    };
}
