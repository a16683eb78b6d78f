using System.Buffers.Binary;
using System.Text;

namespace Headroom.Graph.Onnx;

/// <summary>Bytes that are no protobuf message, or not one of ONNX's.</summary>
internal sealed class WireException(string message) : Exception(message);

/// <summary>
/// Walks the fields of one protobuf message without copying: a nested message is a window on the same bytes, so nothing is allocated that isn't there, and nothing nests deeper than the caller goes.
/// </summary>
/// <remarks>https://protobuf.dev/programming-guides/encoding/. Groups, which ONNX doesn't have, are refused.</remarks>
internal ref struct WireReader(ReadOnlySpan<byte> bytes)
{
    private const int VarintWire = 0, Fixed64Wire = 1, LengthWire = 2, Fixed32Wire = 5;

    private static readonly UTF8Encoding Strict = new(false, throwOnInvalidBytes: true);

    private readonly ReadOnlySpan<byte> _bytes = bytes;
    private int _at;
    private int _wire;

    /// <summary>The number of the field that <see cref="Next"/> found.</summary>
    public int Field { get; private set; }

    /// <summary>Goes on to the next field; false at the end.</summary>
    public bool Next()
    {
        if (_at >= _bytes.Length) return false;
        ulong tag = RawVarint();
        _wire = (int)(tag & 7);
        if (tag >> 3 is 0 or > 0x1FFFFFFF) throw new WireException("it has a field without a valid number");
        Field = (int)(tag >> 3);
        if (_wire is not (VarintWire or Fixed64Wire or LengthWire or Fixed32Wire)) throw new WireException($"field {Field} has wire type {_wire}");
        return true;
    }

    public long Varint()
    {
        Require(VarintWire);
        return (long)RawVarint();
    }

    public float Float()
    {
        Require(Fixed32Wire);
        return BinaryPrimitives.ReadSingleLittleEndian(Take(4));
    }

    public ReadOnlySpan<byte> Bytes()
    {
        Require(LengthWire);
        return RawBytes();
    }

    public string Text()
    {
        try
        {
            return Strict.GetString(Bytes());
        }
        catch (ArgumentException)
        {
            throw new WireException($"field {Field} is no UTF-8 text");
        }
    }

    public void Skip()
    {
        switch (_wire)
        {
            case VarintWire: RawVarint(); break;
            case Fixed64Wire: Take(8); break;
            case LengthWire: RawBytes(); break;
            default: Take(4); break;
        }
    }

    /// <summary>One element of a repeated integer field, or many where they are packed.</summary>
    public void AddVarints(List<long> values)
    {
        if (_wire == VarintWire)
        {
            values.Add((long)RawVarint());
            return;
        }
        var packed = new WireReader(Bytes());
        while (packed._at < packed._bytes.Length) values.Add((long)packed.RawVarint());
    }

    public void AddFloats(List<float> values)
    {
        if (_wire == Fixed32Wire)
        {
            values.Add(Float());
            return;
        }
        ReadOnlySpan<byte> packed = Bytes();
        if (packed.Length % 4 != 0) throw new WireException($"field {Field} holds no whole number of floats");
        for (int i = 0; i < packed.Length; i += 4) values.Add(BinaryPrimitives.ReadSingleLittleEndian(packed[i..]));
    }

    public void AddDoubles(List<double> values)
    {
        if (_wire == Fixed64Wire)
        {
            values.Add(BinaryPrimitives.ReadDoubleLittleEndian(Take(8)));
            return;
        }
        ReadOnlySpan<byte> packed = Bytes();
        if (packed.Length % 8 != 0) throw new WireException($"field {Field} holds no whole number of doubles");
        for (int i = 0; i < packed.Length; i += 8) values.Add(BinaryPrimitives.ReadDoubleLittleEndian(packed[i..]));
    }

    private readonly void Require(int wire)
    {
        if (_wire != wire) throw new WireException($"field {Field} has wire type {_wire} where {wire} is due");
    }

    private ReadOnlySpan<byte> RawBytes()
    {
        ulong length = RawVarint();
        if (length > (ulong)(_bytes.Length - _at)) throw new WireException($"field {Field} is to take {length} bytes, {_bytes.Length - _at} are left: the file is cut off or broken");
        return Take((int)length);
    }

    private ReadOnlySpan<byte> Take(int count)
    {
        if (count > _bytes.Length - _at) throw new WireException("it ends in the middle of a field: the file is cut off");
        ReadOnlySpan<byte> taken = _bytes.Slice(_at, count);
        _at += count;
        return taken;
    }

    private ulong RawVarint()
    {
        ulong value = 0;
        for (int shift = 0; shift < 70; shift += 7)
        {
            if (_at >= _bytes.Length) throw new WireException("it ends in the middle of a number: the file is cut off");
            byte b = _bytes[_at++];
            value |= (ulong)(b & 0x7F) << shift;
            if (b < 0x80) return value;
        }
        throw new WireException("it has a number of more than ten bytes");
    }
}
