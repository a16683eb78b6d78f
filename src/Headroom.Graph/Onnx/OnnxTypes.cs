namespace Headroom.Graph.Onnx;

/// <summary>Numbers of ONNX's format: <c>TensorProto.DataType</c> and the IR version that belongs to an opset.</summary>
internal static class OnnxTypes
{
    /// <summary>The number of a type in <c>TensorProto.DataType</c>.</summary>
    public static int Code(ElementType type) => type switch
    {
        ElementType.Float32 => 1,
        ElementType.UInt8 => 2,
        ElementType.Int8 => 3,
        ElementType.Int32 => 6,
        ElementType.Int64 => 7,
        ElementType.Bool => 9,
        ElementType.Float16 => 10,
        ElementType.Float64 => 11,
        _ => 16,
    };

    /// <summary>The type of a number, null for one that Headroom has no tensors of.</summary>
    public static ElementType? Element(long code) => code switch
    {
        1 => ElementType.Float32,
        2 => ElementType.UInt8,
        3 => ElementType.Int8,
        6 => ElementType.Int32,
        7 => ElementType.Int64,
        9 => ElementType.Bool,
        10 => ElementType.Float16,
        11 => ElementType.Float64,
        16 => ElementType.BFloat16,
        _ => null,
    };

    /// <summary>The types of tensors, as ONNX calls them.</summary>
    public const string Supported = "float, double, float16, bfloat16, int8, uint8, int32, int64 and bool";

    /// <summary>ONNX's name of a number, for messages.</summary>
    public static string Name(long code) => code switch
    {
        0 => "undefined",
        4 => "uint16",
        5 => "int16",
        8 => "string",
        12 => "uint32",
        13 => "uint64",
        14 => "complex64",
        15 => "complex128",
        17 => "float8e4m3fn",
        18 => "float8e4m3fnuz",
        19 => "float8e5m2",
        20 => "float8e5m2fnuz",
        21 => "uint4",
        22 => "int4",
        23 => "float4e2m1",
        24 => "float8e8m0",
        25 => "uint2",
        26 => "int2",
        _ => Element(code)?.ShortName() ?? $"number {code}",
    };

    /// <summary>The IR version that ONNX released together with an opset (onnx/docs/Versioning.md), so that old readers take old opsets.</summary>
    public static int IrVersion(int opset) => opset switch
    {
        <= 14 => 7,
        <= 18 => 8,
        <= 20 => 9,
        <= 22 => 10,
        23 => 11,
        24 => 12,
        <= 27 => 13,
        _ => 14,
    };
}
