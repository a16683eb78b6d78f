using System.Runtime.InteropServices;

namespace Headroom.Graph.Onnx;

/// <summary>A tensor as it stands in a file: its type, and where its bytes are. What its type can't hold, or the file doesn't have, is refused before anything is allocated for it.</summary>
/// <param name="Name">Empty in an attribute.</param>
/// <param name="Doc">Its doc string.</param>
/// <param name="Type">Of no meaning where <paramref name="Unsupported"/> is set.</param>
/// <param name="Unsupported">Why no tensor of ours can hold it; null where one can.</param>
/// <param name="Message">Its protobuf message within the file.</param>
/// <param name="External">The entries that say where in another file it lies; null where it lies in this one.</param>
internal sealed record FileTensor(string Name, string Doc, TensorType Type, string? Unsupported, Range Message, IReadOnlyDictionary<string, string>? External)
{
    public override string ToString() => Name.Length == 0 ? "a tensor" : $"tensor '{Name}'";
}

/// <summary>Reads a <c>TensorProto</c>, first its outline, later its elements.</summary>
internal static class TensorReader
{
    /// <summary>ONNX sets no limit; nothing in use comes near this, and more only serves to waste memory.</summary>
    public const int MaxRank = 32;

    /// <summary>The outline of the tensor in the reader's field.</summary>
    public static FileTensor Scan(ref WireReader field, ReadBudget budget)
    {
        WireReader ahead = field, inner = ahead.Nested();
        return Scan(inner, field.Where(), budget);
    }

    /// <summary>A tensor that is a file of its own.</summary>
    /// <exception cref="WireException">The bytes are no tensor, or one of a type that isn't supported.</exception>
    public static (string Name, TensorData Data) ReadAlone(byte[] file, OnnxSource source)
    {
        var budget = new ReadBudget(file.Length);
        FileTensor tensor = Scan(new WireReader(file, budget), Range.All, budget);
        if (tensor.Unsupported is not null) throw new WireException($"{tensor} {tensor.Unsupported}, which is not supported");
        return (tensor.Name, tensor.External is null ? Load(tensor, file) : source.ReadExternal(tensor.Name, tensor.External, tensor.Type));
    }

    private static FileTensor Scan(WireReader r, Range message, ReadBudget budget)
    {
        budget.Charge(600);
        string name = "", doc = "";
        long type = 0, location = 0;
        long integers = 0, floats = 0, doubles = 0;
        int raw = -1;
        List<long> dims = [];
        Dictionary<string, string>? external = null;
        while (r.Next())
        {
            switch (r.Field)
            {
                case TensorFields.Dims: r.AddVarints(dims, MaxRank); break;
                case TensorFields.Type: type = r.Varint(); break;
                case TensorFields.Segment: throw new WireException("a tensor is split into segments, which no version of ONNX allows");
                case TensorFields.Floats: floats += r.CountFixed(4); break;
                case TensorFields.Int32s or TensorFields.Int64s: integers += r.CountVarints(); break;
                case TensorFields.Doubles: doubles += r.CountFixed(8); break;
                case TensorFields.Name: name = r.Name(); break;
                case TensorFields.Doc: doc = r.Text(); break;
                case TensorFields.Raw when raw >= 0: throw new WireException("a tensor has its bytes twice");
                case TensorFields.Raw: raw = r.Bytes().Length; break;
                case TensorFields.External:
                    (string key, string value) = Entry(r.Nested());
                    (external ??= [])[key] = value;
                    budget.Charge(200);
                    break;
                case TensorFields.Location: location = r.Varint(); break;
                default: r.Skip(); break;
            }
        }
        if (location == 1) external ??= [];
        string what = name.Length == 0 ? "a tensor" : $"tensor '{name}'";
        if (OnnxTypes.Element(type) is not { } element) return new FileTensor(name, doc, default, $"is of type {OnnxTypes.Name(type)}", message, null);
        TensorType t = TypeOf(what, element, dims);
        if (external is null)
        {
            if (raw >= 0 && integers + floats + doubles > 0) throw new WireException($"{what} has its elements twice");
            if (raw >= 0 && raw != t.Bytes) throw new WireException($"{what} {t} takes {t.Bytes} bytes, {raw} are there");
            long count = element switch { ElementType.Float32 => floats, ElementType.Float64 => doubles, _ => integers };
            if (raw < 0 && count != t.Elements) throw new WireException($"{what} {t} has {t.Elements} elements, {count} are there");
        }
        return new FileTensor(name, doc, t, null, message, external);
    }

    /// <summary>The elements of a tensor that lies in the file itself.</summary>
    public static TensorData Load(FileTensor tensor, ReadOnlySpan<byte> file)
    {
        var r = new WireReader(file[tensor.Message], new ReadBudget(file.Length));
        ElementType element = tensor.Type.Element;
        int size = element.Size(), at = 0;
        var bytes = new byte[tensor.Type.Bytes];
        while (r.Next())
        {
            switch (r.Field)
            {
                case TensorFields.Raw:
                    r.Bytes().CopyTo(bytes);
                    return new TensorData(tensor.Type, Normal(element, bytes));
                case TensorFields.Floats when element == ElementType.Float32:
                case TensorFields.Doubles when element == ElementType.Float64:
                    ReadOnlySpan<byte> numbers = r.FixedBytes(size);
                    numbers.CopyTo(bytes.AsSpan(at));
                    at += numbers.Length;
                    break;
                // Half types are there by their bits.
                case TensorFields.Int32s or TensorFields.Int64s when element is not (ElementType.Float32 or ElementType.Float64):
                    at += r.CopyVarints(bytes.AsSpan(at), size, element == ElementType.Bool) * size;
                    break;
                default: r.Skip(); break;
            }
        }
        return new TensorData(tensor.Type, Normal(element, bytes));
    }

    /// <summary>A key and its text, as metadata and external data have them.</summary>
    public static (string Key, string Value) Entry(WireReader r)
    {
        string key = "", value = "";
        while (r.Next())
        {
            if (r.Field == EntryFields.Key) key = r.Name();
            else if (r.Field == EntryFields.Value) value = r.Text();
            else r.Skip();
        }
        return (key, value);
    }

    /// <summary>A bool is 0 or 1 here, whatever the file has for true.</summary>
    public static byte[] Normal(ElementType element, byte[] bytes)
    {
        if (element == ElementType.Bool) for (int i = 0; i < bytes.Length; i++) if (bytes[i] > 1) bytes[i] = 1;
        return bytes;
    }

    private static TensorType TypeOf(string what, ElementType element, List<long> dims)
    {
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
}
