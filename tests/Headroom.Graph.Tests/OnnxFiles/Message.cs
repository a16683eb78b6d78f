using Google.Protobuf;

namespace Headroom.Graph.Tests.OnnxFiles;

/// <summary>A protobuf message by hand: files that no writer of ours would make.</summary>
internal sealed class Message
{
    private readonly MemoryStream _bytes = new();

    public Message Int(int field, long value) => Add(field, WireFormat.WireType.Varint, o => o.WriteInt64(value));

    public Message Text(int field, string value) => Add(field, WireFormat.WireType.LengthDelimited, o => o.WriteString(value));

    public Message Bytes(int field, params byte[] value) => Add(field, WireFormat.WireType.LengthDelimited, o => o.WriteBytes(ByteString.CopyFrom(value)));

    public Message Float(int field, float value) => Add(field, WireFormat.WireType.Fixed32, o => o.WriteFloat(value));

    public Message Inner(int field, Message value) => Bytes(field, value.ToArray());

    public byte[] ToArray() => _bytes.ToArray();

    private Message Add(int field, WireFormat.WireType wire, Action<CodedOutputStream> write)
    {
        using var o = new CodedOutputStream(_bytes, leaveOpen: true);
        o.WriteTag(field, wire);
        write(o);
        return this;
    }

    public static Message Tensor(string name, int type, long[] dims)
    {
        var t = new Message();
        foreach (long d in dims) t.Int(1, d);
        return t.Int(2, type).Text(8, name);
    }

    public static Message Node(string name, string op, string[] inputs, string[] outputs, params Message[] attributes)
    {
        var n = new Message();
        foreach (string i in inputs) n.Text(1, i);
        foreach (string o in outputs) n.Text(2, o);
        n.Text(3, name).Text(4, op);
        foreach (Message a in attributes) n.Inner(5, a);
        return n;
    }

    public static Message Attribute(string name, long value) => new Message().Text(1, name).Int(3, value).Int(20, 2);

    public static Message Attribute(string name, float value) => new Message().Text(1, name).Float(2, value).Int(20, 1);

    public static Message Attribute(string name, string value) => new Message().Text(1, name).Text(4, value).Int(20, 3);

    public static Message Attribute(string name, params long[] values)
    {
        Message a = new Message().Text(1, name).Int(20, 7);
        foreach (long v in values) a.Int(8, v);
        return a;
    }

    public static Message Attribute(string name, params float[] values)
    {
        Message a = new Message().Text(1, name).Int(20, 6);
        foreach (float v in values) a.Float(7, v);
        return a;
    }

    /// <summary>A value that the file says the element type of alone.</summary>
    public static Message Typed(string name, int type = 1) => new Message().Text(1, name).Inner(2, new Message().Inner(1, new Message().Int(1, type)));

    public static Message Floats(string name, long[] dims, params float[] values) => Tensor(name, 1, dims).Bytes(9, System.Runtime.InteropServices.MemoryMarshal.AsBytes(values.AsSpan()).ToArray());

    public static Message Longs(string name, params long[] values) => Tensor(name, 7, [values.Length]).Bytes(9, System.Runtime.InteropServices.MemoryMarshal.AsBytes(values.AsSpan()).ToArray());

    /// <summary>An fp32 input or output; -1 is an extent that the file doesn't give.</summary>
    public static Message Value(string name, params long[] dims) => Value(name, 1, dims);

    public static Message Value(string name, int type, long[] dims)
    {
        var shape = new Message();
        foreach (long d in dims) shape.Inner(1, d < 0 ? new Message() : new Message().Int(1, d));
        return new Message().Text(1, name).Inner(2, new Message().Inner(1, new Message().Int(1, type).Inner(2, shape)));
    }

    public static byte[] FileOf(Message graph, long opset = 21) => new Message().Int(1, 10).Inner(7, graph).Inner(8, new Message().Text(1, "").Int(2, opset)).ToArray();

    /// <summary>A graph from input x <c>[2, 3]</c> to output y.</summary>
    public static Message GraphOf(params Message[] nodes)
    {
        var g = new Message();
        foreach (Message n in nodes) g.Inner(1, n);
        return g.Text(2, "g").Inner(11, Value("x", 2, 3)).Inner(12, Value("y", 2, 3));
    }
}
