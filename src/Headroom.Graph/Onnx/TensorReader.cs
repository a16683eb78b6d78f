using System.Runtime.InteropServices;

namespace Headroom.Graph.Onnx;

/// <summary>Reads a <c>TensorProto</c>. What is allocated is bounded by the bytes that are there: a tensor that claims more is refused first.</summary>
internal static class TensorReader
{
    /// <summary>ONNX sets no limit; nothing in use comes near this, and more only serves to waste memory.</summary>
    public const int MaxRank = 32;

    public static (string Name, string Doc, TensorData Data) Read(ReadOnlySpan<byte> bytes, OnnxSource source)
    {
        string name = "", doc = "";
        long type = 0, location = 0;
        List<long> dims = [], integers = [];
        List<float> floats = [];
        List<double> doubles = [];
        Dictionary<string, string> external = [];
        ReadOnlySpan<byte> raw = default;
        bool hasRaw = false;
        var r = new WireReader(bytes);
        while (r.Next())
        {
            switch (r.Field)
            {
                case TensorFields.Dims: r.AddVarints(dims); break;
                case TensorFields.Type: type = r.Varint(); break;
                case TensorFields.Segment: throw new WireException("a tensor is split into segments, which no version of ONNX allows");
                case TensorFields.Floats: r.AddFloats(floats); break;
                case TensorFields.Int32s or TensorFields.Int64s: r.AddVarints(integers); break;
                case TensorFields.Doubles: r.AddDoubles(doubles); break;
                case TensorFields.Name: name = r.Text(); break;
                case TensorFields.Doc: doc = r.Text(); break;
                case TensorFields.Raw:
                    raw = r.Bytes();
                    hasRaw = true;
                    break;
                case TensorFields.External:
                    (string key, string value) = Entry(r.Bytes());
                    external[key] = value;
                    break;
                case TensorFields.Location: location = r.Varint(); break;
                default: r.Skip(); break;
            }
        }
        string what = name.Length == 0 ? "a tensor" : $"tensor '{name}'";
        ElementType element = OnnxTypes.Element(type) ?? throw new WireException($"{what} is of type {OnnxTypes.Name(type)}, which is not supported");
        TensorType t = TypeOf(what, element, dims);
        if (location == 1 || external.Count > 0) return (name, doc, new TensorData(t, source.ReadExternal(name, external, External(what, t))));
        if (hasRaw)
        {
            if (raw.Length != t.Bytes) throw new WireException($"{what} {t} takes {t.Bytes} bytes, {raw.Length} are there");
            return (name, doc, new TensorData(t, raw.ToArray()));
        }
        return (name, doc, Typed(what, t, integers, floats, doubles));
    }

    /// <summary>A key and its text, as metadata and external data have them.</summary>
    public static (string Key, string Value) Entry(ReadOnlySpan<byte> bytes)
    {
        string key = "", value = "";
        var r = new WireReader(bytes);
        while (r.Next())
        {
            if (r.Field == EntryFields.Key) key = r.Text();
            else if (r.Field == EntryFields.Value) value = r.Text();
            else r.Skip();
        }
        return (key, value);
    }

    private static TensorType TypeOf(string what, ElementType element, List<long> dims)
    {
        if (dims.Count > MaxRank) throw new WireException($"{what} has {dims.Count} axes; up to {MaxRank} are read");
        if (dims.Any(d => d < 0)) throw new WireException($"{what} has a negative extent: [{string.Join(", ", dims)}]");
        try
        {
            var type = new TensorType(element, new Shape(CollectionsMarshal.AsSpan(dims)));
            return type.Bytes <= Array.MaxLength ? type : throw new OverflowException();
        }
        catch (OverflowException)
        {
            throw new WireException($"{what} has extents [{string.Join(", ", dims)}], more than one tensor can hold");
        }
    }

    // The external file's length is compared before anything is allocated.
    private static long External(string what, TensorType t) => t.Elements >= 0 ? t.Bytes : throw new WireException($"{what} has no size");

    private static TensorData Typed(string what, TensorType t, List<long> integers, List<float> floats, List<double> doubles)
    {
        int count = t.Element switch
        {
            ElementType.Float32 => floats.Count,
            ElementType.Float64 => doubles.Count,
            _ => integers.Count,
        };
        if (count != t.Elements) throw new WireException($"{what} {t} has {t.Elements} elements, {count} are there");
        var bytes = new byte[t.Bytes];
        switch (t.Element)
        {
            case ElementType.Float32: CollectionsMarshal.AsSpan(floats).CopyTo(MemoryMarshal.Cast<byte, float>(bytes.AsSpan())); break;
            case ElementType.Float64: CollectionsMarshal.AsSpan(doubles).CopyTo(MemoryMarshal.Cast<byte, double>(bytes.AsSpan())); break;
            case ElementType.Int64: CollectionsMarshal.AsSpan(integers).CopyTo(MemoryMarshal.Cast<byte, long>(bytes.AsSpan())); break;
            case ElementType.Int32:
                Span<int> ints = MemoryMarshal.Cast<byte, int>(bytes.AsSpan());
                for (int i = 0; i < count; i++) ints[i] = unchecked((int)integers[i]);
                break;
            case ElementType.Float16 or ElementType.BFloat16:
                // Their bits, as ONNX keeps them.
                Span<ushort> bits = MemoryMarshal.Cast<byte, ushort>(bytes.AsSpan());
                for (int i = 0; i < count; i++) bits[i] = unchecked((ushort)integers[i]);
                break;
            case ElementType.Bool:
                for (int i = 0; i < count; i++) bytes[i] = integers[i] != 0 ? (byte)1 : (byte)0;
                break;
            default:
                for (int i = 0; i < count; i++) bytes[i] = unchecked((byte)integers[i]);
                break;
        }
        return new TensorData(t, bytes);
    }
}
