using Headroom.Graph;
using Headroom.Runtime.LibTorch;

namespace Headroom.Runtime.Execution;

internal static class ElementTypeExtensions
{
    /// <summary>libtorch's name for an element type.</summary>
    public static ScalarType ToScalarType(this ElementType type) => type switch
    {
        ElementType.Float32 => ScalarType.Float32,
        ElementType.BFloat16 => ScalarType.BFloat16,
        ElementType.Float16 => ScalarType.Float16,
        ElementType.Float64 => ScalarType.Float64,
        ElementType.Int8 => ScalarType.Int8,
        ElementType.UInt8 => ScalarType.UInt8,
        ElementType.Int32 => ScalarType.Int32,
        ElementType.Int64 => ScalarType.Int64,
        _ => ScalarType.Bool,
    };
}
