using System.Runtime.InteropServices;

namespace Headroom.Graph;

/// <summary>A tensor's value on the host: row-major bytes of its type.</summary>
public sealed class TensorData
{
    private readonly byte[] _bytes;

    public TensorData(TensorType type, byte[] bytes)
    {
        if (bytes.LongLength != type.Bytes) throw new ArgumentException($"{type} takes {type.Bytes} bytes, {bytes.LongLength} were given");
        Type = type;
        _bytes = bytes;
    }

    public TensorType Type { get; }

    public ReadOnlySpan<byte> Bytes => _bytes;

    public static TensorData Of<T>(ElementType element, Shape shape, ReadOnlySpan<T> values) where T : unmanaged
        => new(new TensorType(element, shape), MemoryMarshal.AsBytes(values).ToArray());

    public static TensorData Floats(Shape shape, params ReadOnlySpan<float> values) => Of(ElementType.Float32, shape, values);

    public static TensorData Scalar(float value) => Floats(Shape.Scalar, value);

    public static TensorData Longs(params ReadOnlySpan<long> values) => Of(ElementType.Int64, new Shape(values.Length), values);

    public static TensorData Scalar(long value) => Of(ElementType.Int64, Shape.Scalar, [value]);

    /// <summary>One number of a floating type, as that type stores it.</summary>
    public static TensorData Fill(ElementType element, Shape shape, double value)
    {
        var data = new TensorData(new TensorType(element, shape), new byte[new TensorType(element, shape).Bytes]);
        int size = element.Size();
        Span<byte> one = stackalloc byte[8];
        Numbers.Write(element, value, one);
        for (int i = 0; i < data._bytes.Length; i += size) one[..size].CopyTo(data._bytes.AsSpan(i));
        return data;
    }

    public ReadOnlySpan<T> As<T>() where T : unmanaged => MemoryMarshal.Cast<byte, T>(_bytes);

    /// <summary>Integers of any width as 64-bit ones: shapes, axes, indices.</summary>
    public long[] ToLongs() => Type.Element switch
    {
        ElementType.Int64 => As<long>().ToArray(),
        ElementType.Int32 => [.. As<int>().ToArray().Select(v => (long)v)],
        ElementType.Int8 => [.. As<sbyte>().ToArray().Select(v => (long)v)],
        ElementType.UInt8 or ElementType.Bool => [.. _bytes.Select(v => (long)v)],
        _ => throw new GraphException($"expected integers, found {Type}"),
    };

    /// <summary>The same numbers in a floating type, rounded to nearest; itself where it has that type already.</summary>
    /// <exception cref="GraphException">One of the types is no floating one.</exception>
    public TensorData To(ElementType element)
    {
        if (Type.Element == element) return this;
        if (!Type.Element.IsFloat() || !element.IsFloat()) throw new GraphException($"{Type} can't be made {element.ShortName()}: both must be floating");
        var converted = new TensorData(new TensorType(element, Type.Shape), new byte[new TensorType(element, Type.Shape).Bytes]);
        int from = Type.Element.Size(), to = element.Size();
        long count = Type.Elements;
        Parallel.For(0, (count + Chunk - 1) / Chunk, chunk =>
        {
            int last = (int)Math.Min(count, (chunk + 1) * Chunk);
            for (int i = (int)chunk * Chunk; i < last; i++) Numbers.Write(element, Numbers.Read(Type.Element, _bytes.AsSpan(i * from, from)), converted._bytes.AsSpan(i * to, to));
        });
        return converted;
    }

    private const int Chunk = 1 << 16;

    /// <summary>Any type as doubles.</summary>
    public double[] ToDoubles()
    {
        var values = new double[Type.Elements];
        int size = Type.Element.Size();
        for (int i = 0; i < values.Length; i++) values[i] = Numbers.Read(Type.Element, _bytes.AsSpan(i * size, size));
        return values;
    }
}
