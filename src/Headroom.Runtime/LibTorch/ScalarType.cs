namespace Headroom.Runtime.LibTorch;

/// <summary>The element types that libtorch knows and we use. The number is ours; the ABI's own is asked for at load (<see cref="Library.Code"/>).</summary>
public enum ScalarType
{
    Float32,
    BFloat16,
    Float16,
    Float64,
    Int8,
    UInt8,
    Int16,
    Int32,
    Int64,
    Bool,
}

/// <summary>Facts about element types.</summary>
public static class ScalarTypes
{
    /// <summary>Bytes of one element.</summary>
    public static int Bytes(this ScalarType type) => type switch
    {
        ScalarType.Float64 or ScalarType.Int64 => 8,
        ScalarType.Float32 or ScalarType.Int32 => 4,
        ScalarType.BFloat16 or ScalarType.Float16 or ScalarType.Int16 => 2,
        _ => 1,
    };
}
