using Headroom.Graph;

namespace Headroom.Training.Checkpoints;

/// <summary>A part of a tensor's row-major bytes, valid until the next call.</summary>
public delegate ReadOnlySpan<byte> TensorBytes(long offset, int count);

/// <summary>A tensor that is to be written: its bytes are asked for in pieces, so that no second copy of it is made.</summary>
public sealed record SafetensorsEntry(string Name, TensorType Type, TensorBytes Bytes)
{
    /// <summary>A tensor that lies on the managed heap.</summary>
    public static SafetensorsEntry Of(string name, TensorData data) => new(name, data.Type, (offset, count) => data.Bytes.Slice(checked((int)offset), count));
}

/// <summary>The format's names of element types.</summary>
internal static class SafetensorsTypes
{
    private static readonly (ElementType Type, string Name)[] Names =
    [
        (ElementType.Float32, "F32"), (ElementType.BFloat16, "BF16"), (ElementType.Float16, "F16"), (ElementType.Float64, "F64"),
        (ElementType.Int8, "I8"), (ElementType.UInt8, "U8"), (ElementType.Int32, "I32"), (ElementType.Int64, "I64"), (ElementType.Bool, "BOOL"),
    ];

    public static string Known => string.Join(", ", Names.Select(n => n.Name));

    public static string Name(ElementType type) => Names.First(n => n.Type == type).Name;

    public static ElementType? Parse(string? name)
    {
        foreach ((ElementType type, string known) in Names) if (known == name) return type;
        return null;
    }
}
