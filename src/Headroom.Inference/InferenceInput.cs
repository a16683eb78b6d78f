using System.Runtime.InteropServices;
using Headroom.Graph;

namespace Headroom.Inference;

/// <summary>A named tensor to be fed: a window on the caller's memory, which is not copied and must not change until the run is over.</summary>
public sealed class InferenceInput
{
    private readonly TensorData? _data;
    private readonly ISpanSource? _source;
    private readonly int _offset, _length;

    private InferenceInput(string name, TensorType type, TensorData? data, ISpanSource? source, int offset, int length)
    {
        Name = name;
        Type = type;
        _data = data;
        _source = source;
        _offset = offset;
        _length = length;
    }

    public string Name { get; }

    public TensorType Type { get; }

    /// <summary>The tensor's bytes, row-major.</summary>
    public ReadOnlySpan<byte> Bytes => (_data is not null ? _data.Bytes : _source!.Bytes).Slice(_offset, _length);

    public static InferenceInput Of(string name, TensorData data) => new(name, data.Type, data, null, 0, data.Bytes.Length);

    /// <exception cref="ArgumentException">The elements are of another size, or not as many as the shape has.</exception>
    public static InferenceInput Of<T>(string name, ElementType element, Shape shape, ReadOnlyMemory<T> elements) where T : unmanaged
    {
        var type = new TensorType(element, shape);
        var source = new MemorySource<T>(elements);
        if (source.Bytes.Length != type.Bytes) throw new ArgumentException($"input '{name}' {type} takes {type.Bytes} bytes, {source.Bytes.Length} were given", nameof(elements));
        return new InferenceInput(name, type, null, source, 0, source.Bytes.Length);
    }

    public static InferenceInput Of(string name, Shape shape, ReadOnlyMemory<float> elements) => Of(name, ElementType.Float32, shape, elements);

    public static InferenceInput Of(string name, Shape shape, ReadOnlyMemory<long> elements) => Of(name, ElementType.Int64, shape, elements);

    /// <summary>Rows of the first axis, still on the same memory.</summary>
    public InferenceInput Rows(long first, long count)
    {
        if (Type.Rank == 0 || first < 0 || count < 0 || first + count > Type.Shape[0]) throw new ArgumentOutOfRangeException(nameof(first), $"rows {first} to {first + count} are not all in input '{Name}' {Type}");
        long row = Type.Shape[0] == 0 ? 0 : Type.Bytes / Type.Shape[0];
        return new InferenceInput(Name, Type with { Shape = Type.Shape.With(0, count) }, _data, _source, checked((int)(_offset + first * row)), checked((int)(count * row)));
    }

    private interface ISpanSource
    {
        ReadOnlySpan<byte> Bytes { get; }
    }

    private sealed class MemorySource<T>(ReadOnlyMemory<T> memory) : ISpanSource where T : unmanaged
    {
        public ReadOnlySpan<byte> Bytes => MemoryMarshal.AsBytes(memory.Span);
    }
}
