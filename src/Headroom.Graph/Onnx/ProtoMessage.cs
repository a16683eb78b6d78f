using Google.Protobuf;

namespace Headroom.Graph.Onnx;

/// <summary>A protobuf message that is put together field by field in memory: everything of a file but its weights.</summary>
[System.Diagnostics.CodeAnalysis.SuppressMessage("Design", "CA1001", Justification = "Both streams are in memory only.")]
internal sealed class ProtoMessage
{
    private readonly MemoryStream _bytes = new();
    private readonly CodedOutputStream _out;

    public ProtoMessage() => _out = new CodedOutputStream(_bytes);

    public ProtoMessage Int(int field, long value)
    {
        _out.WriteTag(field, WireFormat.WireType.Varint);
        _out.WriteInt64(value);
        return this;
    }

    public ProtoMessage Float(int field, float value)
    {
        _out.WriteTag(field, WireFormat.WireType.Fixed32);
        _out.WriteFloat(value);
        return this;
    }

    public ProtoMessage Text(int field, string value)
    {
        _out.WriteTag(field, WireFormat.WireType.LengthDelimited);
        _out.WriteString(value);
        return this;
    }

    /// <summary>The same, left out where it is empty, which is what its absence means.</summary>
    public ProtoMessage TextIfAny(int field, string value) => value.Length == 0 ? this : Text(field, value);

    public ProtoMessage Bytes(int field, ReadOnlySpan<byte> value)
    {
        Begin(field, value.Length);
        _out.Flush();
        _bytes.Write(value);
        return this;
    }

    public ProtoMessage Message(int field, ProtoMessage message) => Bytes(field, message.Span);

    /// <summary>The tag and the length of a field whose bytes follow.</summary>
    public ProtoMessage Begin(int field, int length)
    {
        _out.WriteTag(field, WireFormat.WireType.LengthDelimited);
        _out.WriteLength(length);
        return this;
    }

    public ReadOnlySpan<byte> Span
    {
        get
        {
            _out.Flush();
            return _bytes.GetBuffer().AsSpan(0, (int)_bytes.Length);
        }
    }
}
