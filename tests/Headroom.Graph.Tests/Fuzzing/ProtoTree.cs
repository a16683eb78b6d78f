using System.Buffers.Binary;
using System.Text;

namespace Headroom.Graph.Tests.Fuzzing;

/// <summary>What a field of ONNX's format holds, as far as the fuzzer cares.</summary>
internal enum ProtoKind
{
    Other,
    Text,
    Model,
    Graph,
    Node,
    Attribute,
    Tensor,
    ValueInfo,
    Type,
    TensorType,
    Shape,
    Dimension,
    Opset,
    Entry,
}

/// <summary>A field of a protobuf message: a number, bytes, or the fields of an inner message.</summary>
internal sealed class ProtoField
{
    public required int Number { get; set; }

    public required int Wire { get; set; }

    public ProtoKind Kind { get; set; }

    public ulong Integer { get; set; }

    public byte[] Bytes { get; set; } = [];

    /// <summary>Null where it is no message.</summary>
    public List<ProtoField>? Fields { get; set; }

    public ProtoField Copy() => new() { Number = Number, Wire = Wire, Kind = Kind, Integer = Integer, Bytes = Bytes, Fields = Fields?.Select(f => f.Copy()).ToList() };

    public static ProtoField Of(int number, ulong value) => new() { Number = number, Wire = 0, Integer = value };

    public static ProtoField Of(int number, string text) => new() { Number = number, Wire = 2, Kind = ProtoKind.Text, Bytes = Encoding.UTF8.GetBytes(text) };

    public static ProtoField Of(int number, byte[] bytes) => new() { Number = number, Wire = 2, Bytes = bytes };

    public static ProtoField Of(int number, ProtoKind kind, params ProtoField[] fields) => new() { Number = number, Wire = 2, Kind = kind, Fields = [.. fields] };
}

/// <summary>An ONNX file as a tree of fields, so that it can be changed within and written with right lengths.</summary>
internal static class ProtoTree
{
    private static readonly Dictionary<(ProtoKind, int), ProtoKind> Schema = new()
    {
        [(ProtoKind.Model, 7)] = ProtoKind.Graph,
        [(ProtoKind.Model, 8)] = ProtoKind.Opset,
        [(ProtoKind.Model, 14)] = ProtoKind.Entry,
        [(ProtoKind.Graph, 1)] = ProtoKind.Node,
        [(ProtoKind.Graph, 2)] = ProtoKind.Text,
        [(ProtoKind.Graph, 5)] = ProtoKind.Tensor,
        [(ProtoKind.Graph, 11)] = ProtoKind.ValueInfo,
        [(ProtoKind.Graph, 12)] = ProtoKind.ValueInfo,
        [(ProtoKind.Graph, 13)] = ProtoKind.ValueInfo,
        [(ProtoKind.Node, 1)] = ProtoKind.Text,
        [(ProtoKind.Node, 2)] = ProtoKind.Text,
        [(ProtoKind.Node, 3)] = ProtoKind.Text,
        [(ProtoKind.Node, 4)] = ProtoKind.Text,
        [(ProtoKind.Node, 5)] = ProtoKind.Attribute,
        [(ProtoKind.Node, 7)] = ProtoKind.Text,
        [(ProtoKind.Attribute, 1)] = ProtoKind.Text,
        [(ProtoKind.Attribute, 4)] = ProtoKind.Text,
        [(ProtoKind.Attribute, 5)] = ProtoKind.Tensor,
        [(ProtoKind.Attribute, 6)] = ProtoKind.Graph,
        [(ProtoKind.Tensor, 8)] = ProtoKind.Text,
        [(ProtoKind.Tensor, 12)] = ProtoKind.Text,
        [(ProtoKind.Tensor, 13)] = ProtoKind.Entry,
        [(ProtoKind.ValueInfo, 1)] = ProtoKind.Text,
        [(ProtoKind.ValueInfo, 2)] = ProtoKind.Type,
        [(ProtoKind.Type, 1)] = ProtoKind.TensorType,
        [(ProtoKind.TensorType, 2)] = ProtoKind.Shape,
        [(ProtoKind.Shape, 1)] = ProtoKind.Dimension,
        [(ProtoKind.Dimension, 2)] = ProtoKind.Text,
        [(ProtoKind.Opset, 1)] = ProtoKind.Text,
        [(ProtoKind.Entry, 1)] = ProtoKind.Text,
        [(ProtoKind.Entry, 2)] = ProtoKind.Text,
    };

    /// <summary>The fields of a well-formed file; null for any other.</summary>
    public static List<ProtoField>? Parse(ReadOnlySpan<byte> bytes) => Parse(bytes, ProtoKind.Model, 0);

    public static byte[] Write(List<ProtoField> fields)
    {
        var stream = new MemoryStream();
        foreach (ProtoField f in fields) Write(stream, f);
        return stream.ToArray();
    }

    /// <summary>All fields, inner ones too.</summary>
    public static IEnumerable<(List<ProtoField> Parent, ProtoField Field)> All(List<ProtoField> fields)
    {
        foreach (ProtoField f in fields.ToArray())
        {
            yield return (fields, f);
            if (f.Fields is null) continue;
            foreach ((List<ProtoField>, ProtoField) inner in All(f.Fields)) yield return inner;
        }
    }

    private static List<ProtoField>? Parse(ReadOnlySpan<byte> bytes, ProtoKind kind, int depth)
    {
        var fields = new List<ProtoField>();
        int at = 0;
        while (at < bytes.Length)
        {
            if (!Varint(bytes, ref at, out ulong tag)) return null;
            var f = new ProtoField { Number = (int)(tag >> 3), Wire = (int)(tag & 7), Kind = Schema.GetValueOrDefault((kind, (int)(tag >> 3))) };
            ulong length = 0;
            switch (f.Wire)
            {
                case 0:
                    if (!Varint(bytes, ref at, out ulong value)) return null;
                    f.Integer = value;
                    break;
                case 1: length = 8; break;
                case 5: length = 4; break;
                case 2:
                    if (!Varint(bytes, ref at, out length)) return null;
                    break;
                default: return null;
            }
            if (length > (ulong)(bytes.Length - at)) return null;
            f.Bytes = bytes.Slice(at, (int)length).ToArray();
            at += (int)length;
            if (f.Wire == 2 && f.Kind > ProtoKind.Text && depth < 12) f.Fields = Parse(f.Bytes, f.Kind, depth + 1);
            fields.Add(f);
        }
        return fields;
    }

    private static void Write(Stream stream, ProtoField f)
    {
        Varint(stream, ((ulong)(uint)f.Number << 3) | (uint)f.Wire);
        if (f.Wire == 0)
        {
            Varint(stream, f.Integer);
            return;
        }
        byte[] bytes = f.Fields is null ? f.Bytes : Write(f.Fields);
        if (f.Wire == 2) Varint(stream, (ulong)bytes.Length);
        stream.Write(bytes);
    }

    private static bool Varint(ReadOnlySpan<byte> bytes, ref int at, out ulong value)
    {
        value = 0;
        for (int shift = 0; shift < 70 && at < bytes.Length; shift += 7)
        {
            byte b = bytes[at++];
            value |= (ulong)(b & 0x7F) << shift;
            if (b < 0x80) return true;
        }
        return false;
    }

    private static void Varint(Stream stream, ulong value)
    {
        for (; value >= 0x80; value >>= 7) stream.WriteByte((byte)(value | 0x80));
        stream.WriteByte((byte)value);
    }

    /// <summary>A float's bits as a fixed-width field has them.</summary>
    public static byte[] Bits(float value)
    {
        var bytes = new byte[4];
        BinaryPrimitives.WriteSingleLittleEndian(bytes, value);
        return bytes;
    }
}
