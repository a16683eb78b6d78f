namespace Headroom.Data.Tables;

/// <summary>What a batch holds of a field; stored it may be smaller.</summary>
public enum FieldType
{
    Float32,
    Int64,
    UInt8,
}
