using Headroom.Graph;
using Microsoft.ML.OnnxRuntime.Tensors;

namespace Headroom.Inference;

/// <summary>Element types, ours and ONNX Runtime's.</summary>
internal static class OrtTypes
{
    public static TensorElementType ToOrt(this ElementType type) => type switch
    {
        ElementType.Float32 => TensorElementType.Float,
        ElementType.BFloat16 => TensorElementType.BFloat16,
        ElementType.Float16 => TensorElementType.Float16,
        ElementType.Float64 => TensorElementType.Double,
        ElementType.Int8 => TensorElementType.Int8,
        ElementType.UInt8 => TensorElementType.UInt8,
        ElementType.Int32 => TensorElementType.Int32,
        ElementType.Int64 => TensorElementType.Int64,
        _ => TensorElementType.Bool,
    };

    /// <summary>Null for a type that Headroom has no tensors of.</summary>
    public static ElementType? FromOrt(TensorElementType type) => type switch
    {
        TensorElementType.Float => ElementType.Float32,
        TensorElementType.BFloat16 => ElementType.BFloat16,
        TensorElementType.Float16 => ElementType.Float16,
        TensorElementType.Double => ElementType.Float64,
        TensorElementType.Int8 => ElementType.Int8,
        TensorElementType.UInt8 => ElementType.UInt8,
        TensorElementType.Int32 => ElementType.Int32,
        TensorElementType.Int64 => ElementType.Int64,
        TensorElementType.Bool => ElementType.Bool,
        _ => null,
    };
}
