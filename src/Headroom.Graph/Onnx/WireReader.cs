using System.Buffers.Binary;
using System.Text;

namespace Headroom.Graph.Onnx;

/// <summary>Bytes that are no protobuf message, or not one of ONNX's.</summary>
internal sealed class WireException(string message) : Exception(message);

/// <summary>
/// Walks the fields of one protobuf message without copying: a nested message is a window on the same bytes, so nothing is allocated that isn't there, and nothing nests deeper than the caller goes.
/// </summary>
/// <remarks>https://protobuf.dev/programming-guides/encoding/. Groups, which ONNX doesn't have, are refused.</remarks>
internal ref struct WireReader(ReadOnlySpan<byte> bytes, ReadBudget budget, int start = 0)
{
    /// <summary>The most bytes that a name takes: far more than any has.</summary>
    public const int MaxName = 4096;

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

    /// <summary>The message in this field.</summary>
    public WireReader Nested()
    {
        ReadOnlySpan<byte> inner = Bytes();
        return new WireReader(inner, budget, start + _at - inner.Length);
    }

    /// <summary>Where in the file the bytes of this field lie, which are skipped.</summary>
    public Range Where()
    {
        ReadOnlySpan<byte> inner = Bytes();
        int end = start + _at;
        return new Range(end - inner.Length, end);
    }

    public string Text()
    {
        ReadOnlySpan<byte> text = Bytes();
        budget.Charge(40 + (2L * text.Length));
        try
        {
            return Strict.GetString(text);
        }
        catch (ArgumentException)
        {
            throw new WireException($"field {Field} is no UTF-8 text");
        }
    }

    /// <summary>A short text.</summary>
    public string Name()
    {
        int before = _at;
        ReadOnlySpan<byte> text = Bytes();
        if (text.Length > MaxName) throw new WireException($"field {Field} is a name of {text.Length} bytes; up to {MaxName} are read");
        _at = before;
        return Text();
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

    /// <summary>How many integers this field holds: one, or, where they are packed, many. It is skipped.</summary>
    public int CountVarints()
    {
        if (_wire == VarintWire)
        {
            RawVarint();
            return 1;
        }
        int count = 0;
        ReadOnlySpan<byte> packed = Bytes();
        foreach (byte b in packed) if (b < 0x80) count++;
        if (packed.Length > 0 && packed[^1] >= 0x80) throw new WireException($"field {Field} ends in the middle of a number");
        return count;
    }

    /// <summary>How many numbers of a fixed width this field holds. It is skipped.</summary>
    public int CountFixed(int width)
    {
        if (_wire == (width == 4 ? Fixed32Wire : Fixed64Wire))
        {
            Take(width);
            return 1;
        }
        int bytes = Bytes().Length;
        return bytes % width == 0 ? bytes / width : throw new WireException($"field {Field} holds no whole number of elements");
    }

    /// <summary>One element of a repeated integer field, or many where they are packed.</summary>
    /// <param name="values">They are added here.</param>
    /// <param name="most">The list may not grow beyond this.</param>
    public void AddVarints(List<long> values, int most)
    {
        WireReader ahead = this;
        int count = ahead.CountVarints();
        Admit(values.Count, count, most);
        if (_wire == VarintWire)
        {
            values.Add((long)RawVarint());
            return;
        }
        WireReader packed = Nested();
        while (packed._at < packed._bytes.Length) values.Add((long)packed.RawVarint());
    }

    public void AddFloats(List<float> values, int most)
    {
        WireReader ahead = this;
        Admit(values.Count, ahead.CountFixed(4), most);
        if (_wire == Fixed32Wire)
        {
            values.Add(Float());
            return;
        }
        ReadOnlySpan<byte> packed = Bytes();
        for (int i = 0; i < packed.Length; i += 4) values.Add(BinaryPrimitives.ReadSingleLittleEndian(packed[i..]));
    }

    /// <summary>Writes the integers of this field into a tensor's bytes, and gives how many there were.</summary>
    /// <param name="to">The next element is at its start.</param>
    /// <param name="width">Bytes of an element: as many of the integer's lowest.</param>
    /// <param name="truth">Whether anything but zero is a one.</param>
    public int CopyVarints(Span<byte> to, int width, bool truth)
    {
        if (_wire == VarintWire)
        {
            Put(to, RawVarint(), width, truth);
            return 1;
        }
        WireReader packed = Nested();
        int count = 0;
        while (packed._at < packed._bytes.Length) Put(to[(count++ * width)..], packed.RawVarint(), width, truth);
        return count;
    }

    /// <summary>The bytes of fixed-width numbers, which are little-endian as tensors are.</summary>
    public ReadOnlySpan<byte> FixedBytes(int width) => _wire == (width == 4 ? Fixed32Wire : Fixed64Wire) ? Take(width) : Bytes();

    private static void Put(Span<byte> to, ulong value, int width, bool truth)
    {
        if (truth && value != 0) value = 1;
        switch (width)
        {
            case 8: BinaryPrimitives.WriteUInt64LittleEndian(to, value); break;
            case 4: BinaryPrimitives.WriteUInt32LittleEndian(to, unchecked((uint)value)); break;
            case 2: BinaryPrimitives.WriteUInt16LittleEndian(to, unchecked((ushort)value)); break;
            default: to[0] = unchecked((byte)value); break;
        }
    }

    private readonly void Admit(int there, int more, int most)
    {
        if (more > most - there) throw new WireException($"field {Field} is a list of more than {most} numbers");
        budget.Charge(24L * more);
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
