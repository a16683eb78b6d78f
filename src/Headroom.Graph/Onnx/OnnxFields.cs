namespace Headroom.Graph.Onnx;

// Field numbers of onnx.proto3 (https://github.com/onnx/onnx/blob/main/onnx/onnx.proto3), by message.

internal static class ModelFields
{
    public const int IrVersion = 1, ProducerName = 2, ProducerVersion = 3, Graph = 7, OpsetImport = 8, Metadata = 14;
}

internal static class OpsetFields
{
    public const int Domain = 1, Version = 2;
}

internal static class EntryFields
{
    public const int Key = 1, Value = 2;
}

internal static class GraphFields
{
    public const int Node = 1, Name = 2, Initializer = 5, Input = 11, Output = 12, ValueInfo = 13, SparseInitializer = 15;
}

internal static class NodeFields
{
    public const int Input = 1, Output = 2, Name = 3, Op = 4, Attribute = 5, Domain = 7;
}

internal static class AttributeFields
{
    public const int Name = 1, Float = 2, Int = 3, Text = 4, Tensor = 5, Graph = 6, Floats = 7, Ints = 8, Texts = 9, Tensors = 10, Graphs = 11, Types = 14, OneType = 15, Kind = 20, Reference = 21, Sparse = 22, Sparses = 23;
}

/// <summary><c>AttributeProto.AttributeType</c>.</summary>
internal static class AttributeKinds
{
    public const int Float = 1, Int = 2, Text = 3, Tensor = 4, Floats = 6, Ints = 7, Texts = 8;
}

internal static class TensorFields
{
    public const int Dims = 1, Type = 2, Segment = 3, Floats = 4, Int32s = 5, Texts = 6, Int64s = 7, Name = 8, Raw = 9, Doubles = 10, Doc = 12, External = 13, Location = 14;
}

internal static class ValueFields
{
    public const int Name = 1, Type = 2;
}

internal static class TypeFields
{
    public const int Tensor = 1, Sequence = 4, Map = 5, Sparse = 8, Optional = 9, Element = 1, Shape = 2, Dim = 1, DimValue = 1, DimParam = 2;
}
