using System.Text;
using Headroom.Graph.Onnx;

namespace Headroom.Graph.Tests.Fuzzing;

/// <summary>Breaks files: at random bytes, and within their structure, with right lengths, so that what is wrong lies deeper.</summary>
internal sealed class Mutator(IReadOnlyList<byte[]> corpus)
{
    private static readonly ulong[] Odd =
    [
        0, 1, 2, 3, 7, 8, 13, 16, 31, 32, 33, 64, 255, 256, 1023, 65535, 1 << 20, int.MaxValue, 1UL << 31, uint.MaxValue, 1UL << 40, 1UL << 52, 1UL << 62, long.MaxValue, 1UL << 63,
        ulong.MaxValue, ulong.MaxValue - 1, ulong.MaxValue - 7, unchecked((ulong)int.MinValue),
    ];

    private static readonly string[] Words =
    [
        "", "x", "y", "..", "../w.bin", "/etc/passwd", "w.bin", "NOTSET", "SAME_UPPER", "SAME_LOWER", "VALID", "linear", "cubic", "nearest", "reflect", "edge", "wrap", "none", "add", "mul", "max", "min", "mean", "sum",
        "bidirectional", "reverse", "forward", "Relu", "Tanh", "Affine", "ij,jk->ik", "...i->i...", "ii->", "i,->", "->", "a,b,c", "tanh", "half_pixel", "align_corners", "tf_crop_and_resize", "asymmetric", "floor", "ceil",
        "not_larger", "DCR", "CRD", "headroom", "ai.onnx", "NonZero", "If", "Upsample", "Scatter", "\ud83d\ude00",
    ];

    private static readonly string[] Attributes =
    [
        "axis", "axes", "keepdims", "perm", "to", "alpha", "beta", "gamma", "transA", "transB", "kernel_shape", "pads", "strides", "dilations", "group", "auto_pad", "ceil_mode", "epsilon", "momentum", "training_mode", "value",
        "value_int", "value_ints", "value_float", "value_floats", "start", "end", "num_outputs", "split", "starts", "ends", "k", "largest", "sorted", "mode", "scales", "coordinate_transformation_mode", "nearest_mode",
        "antialias", "blocksize", "equation", "exclusive", "reverse", "reduction", "batch_dims", "num_groups", "size", "bias", "p", "lambd", "fmod", "dtype", "upper", "hidden_size", "direction", "layout", "activations",
        "linear_before_reset", "clip", "ignore_index", "q_num_heads", "kv_num_heads", "scale", "is_causal", "softcap", "interleaved", "num_heads", "rotary_embedding_dim", "block_size", "output_dtype", "saturate", "approximate",
        "allowzero", "noop_with_empty_axes", "spatial", "ratio", "min", "max", "stash_type", "select_last_index", "output_shape", "output_padding", "count_include_pad", "storage_order", "detect_negative", "cubic_coeff_a",
    ];

    private Random _random = null!;

    /// <summary>The same seed gives the same file.</summary>
    public byte[] Make(int seed)
    {
        _random = new Random(seed);
        byte[] file = Pick(corpus);
        if (_random.Next(3) > 0 && ProtoTree.Parse(file) is { } tree)
        {
            for (int i = 1 + Math.Min(_random.Next(5), _random.Next(5)); i > 0; i--) Change(tree);
            file = ProtoTree.Write(tree);
            if (_random.Next(8) > 0) return file;
        }
        file = [.. file];
        for (int i = _random.Next(1, 6); i > 0 && file.Length > 0; i--) file = ChangeBytes(file);
        return file;
    }

    private byte[] ChangeBytes(byte[] file)
    {
        int at = _random.Next(file.Length);
        switch (_random.Next(7))
        {
            case 0: return file[..at];
            case 1: file[at] = (byte)_random.Next(256); return file;
            case 2: file[at] ^= (byte)(1 << _random.Next(8)); return file;
            case 3: file[at] |= 0x80; return file;
            case 4: return [.. file[..at], .. file[Math.Min(file.Length, at + _random.Next(1, 40))..]];
            case 5: return [.. file[..at], .. Random(_random.Next(1, 20)), .. file[at..]];
            default:
                byte[] other = Pick(corpus);
                return [.. file[..at], .. other[_random.Next(other.Length)..]];
        }
    }

    private void Change(List<ProtoField> tree)
    {
        (List<ProtoField> Parent, ProtoField Field)[] all = [.. ProtoTree.All(tree)];
        if (all.Length == 0) return;
        (List<ProtoField> parent, ProtoField field) = Pick(all);
        switch (_random.Next(14))
        {
            case 0: parent.Remove(field); break;
            case 1: parent.Insert(_random.Next(parent.Count + 1), field.Copy()); break;
            case 2:
                // A part of the same kind from elsewhere: names that are taken, types that don't fit, inputs that wait for their own result.
                ProtoField[] like = [.. all.Where(a => a.Field.Kind == field.Kind && a.Field.Wire == field.Wire).Select(a => a.Field)];
                ProtoField from = Pick(like);
                (field.Integer, field.Bytes, field.Fields) = (from.Integer, from.Bytes, from.Copy().Fields);
                break;
            case 3: Integer(all); break;
            case 4: Text(all); break;
            case 5: Operator(all); break;
            case 6: Attribute(all); break;
            case 7: Dimensions(all); break;
            case 8: External(all); break;
            case 9: Opset(tree); break;
            case 10: (parent[_random.Next(parent.Count)], parent[_random.Next(parent.Count)]) = (field, parent[_random.Next(parent.Count)]); break;
            case 11: Edge(all); break;
            case 12 when _random.Next(40) == 0: Many(all); break;
            case 13 when _random.Next(20) == 0: Nest(all); break;
            default: Operator(all); break;
        }
    }

    private void Integer((List<ProtoField>, ProtoField Field)[] all)
    {
        ProtoField[] numbers = [.. all.Where(a => a.Field.Wire == 0).Select(a => a.Field)];
        if (numbers.Length > 0) Pick(numbers).Integer = _random.Next(2) == 0 ? Pick(Odd) : (ulong)_random.NextInt64(-9, 9);
    }

    private void Text((List<ProtoField>, ProtoField Field)[] all)
    {
        ProtoField[] texts = [.. all.Where(a => a.Field.Kind == ProtoKind.Text).Select(a => a.Field)];
        if (texts.Length == 0) return;
        ProtoField text = Pick(texts);
        text.Bytes = _random.Next(6) switch
        {
            0 => Pick(texts).Bytes,
            1 => [0xC3, 0x28],
            2 => Encoding.UTF8.GetBytes(new string('n', _random.Next(10_000))),
            _ => Encoding.UTF8.GetBytes(Pick(Words)),
        };
    }

    private void Operator((List<ProtoField>, ProtoField Field)[] all)
    {
        ProtoField[] nodes = Nodes(all);
        if (nodes.Length == 0 || Pick(nodes).Fields!.FirstOrDefault(f => f.Number == 4) is not { } op) return;
        op.Bytes = Encoding.UTF8.GetBytes(_random.Next(20) == 0 ? Pick(Words) : Pick(OnnxOperators.Names));
    }

    private void Attribute((List<ProtoField>, ProtoField Field)[] all)
    {
        ProtoField[] nodes = Nodes(all);
        if (nodes.Length == 0) return;
        List<ProtoField> fields = [ProtoField.Of(1, Pick(Attributes))];
        ulong Number() => _random.Next(3) == 0 ? Pick(Odd) : (ulong)_random.NextInt64(-4, 6);
        float Real() => _random.Next(6) switch { 0 => float.NaN, 1 => float.PositiveInfinity, 2 => 0, 3 => -1, _ => (float)_random.NextDouble() * 4 };
        int kind = _random.Next(6);
        switch (kind)
        {
            case 0: fields.AddRange([ProtoField.Of(3, Number()), ProtoField.Of(20, 2)]); break;
            case 1: fields.AddRange([new ProtoField { Number = 2, Wire = 5, Bytes = ProtoTree.Bits(Real()) }, ProtoField.Of(20, 1)]); break;
            case 2: fields.AddRange([ProtoField.Of(4, Pick(Words)), ProtoField.Of(20, 3)]); break;
            case 3: fields.AddRange([.. Enumerable.Range(0, _random.Next(7)).Select(_ => ProtoField.Of(8, Number())), ProtoField.Of(20, 7)]); break;
            case 4: fields.AddRange([.. Enumerable.Range(0, _random.Next(5)).Select(_ => new ProtoField { Number = 7, Wire = 5, Bytes = ProtoTree.Bits(Real()) }), ProtoField.Of(20, 6)]); break;
            default: fields.AddRange([.. Enumerable.Range(0, _random.Next(4)).Select(_ => ProtoField.Of(9, Pick(Words))), ProtoField.Of(20, 8)]); break;
        }
        Pick(nodes).Fields!.Add(ProtoField.Of(5, ProtoKind.Attribute, [.. fields]));
    }

    private void Dimensions((List<ProtoField>, ProtoField Field)[] all)
    {
        ProtoField[] shaped = [.. all.Where(a => a.Field.Kind is ProtoKind.Tensor or ProtoKind.Shape && a.Field.Fields is not null).Select(a => a.Field)];
        if (shaped.Length == 0) return;
        ProtoField target = Pick(shaped);
        ulong Extent() => _random.Next(2) == 0 ? Pick(Odd) : (ulong)_random.Next(4);
        if (_random.Next(3) == 0) target.Fields!.RemoveAll(f => f.Number == 1);
        for (int i = _random.Next(1, _random.Next(30) == 0 ? 100 : 5); i > 0; i--)
        {
            target.Fields!.Add(target.Kind == ProtoKind.Tensor ? ProtoField.Of(1, Extent())
                : ProtoField.Of(1, ProtoKind.Dimension, _random.Next(3) == 0 ? ProtoField.Of(2, "n" + _random.Next(3)) : ProtoField.Of(1, Extent())));
        }
    }

    private void External((List<ProtoField>, ProtoField Field)[] all)
    {
        ProtoField[] tensors = [.. all.Where(a => a.Field.Kind == ProtoKind.Tensor && a.Field.Fields is not null).Select(a => a.Field)];
        if (tensors.Length == 0) return;
        ProtoField Entry(string key, string value) => ProtoField.Of(13, ProtoKind.Entry, ProtoField.Of(1, key), ProtoField.Of(2, value));
        Pick(tensors).Fields!.AddRange([Entry("location", Pick(Words)), Entry("offset", $"{Pick(Odd)}"), Entry("length", $"{Pick(Odd)}"), ProtoField.Of(14, 1)]);
    }

    private void Opset(List<ProtoField> tree)
    {
        tree.RemoveAll(f => f.Number == 8);
        tree.Add(ProtoField.Of(8, ProtoKind.Opset, ProtoField.Of(1, ""), ProtoField.Of(2, _random.Next(10) == 0 ? Pick(Odd) : (ulong)_random.Next(5, 30))));
    }

    /// <summary>Another input or output, or one less.</summary>
    private void Edge((List<ProtoField>, ProtoField Field)[] all)
    {
        ProtoField[] nodes = Nodes(all);
        if (nodes.Length == 0) return;
        List<ProtoField> fields = Pick(nodes).Fields!;
        ProtoField[] edges = [.. all.Where(a => a.Field.Kind == ProtoKind.Text && a.Field.Number is 1 or 2).Select(a => a.Field)];
        if (_random.Next(3) == 0) fields.RemoveAll(f => f.Number == _random.Next(1, 3));
        else if (edges.Length > 0) fields.Add(new ProtoField { Number = _random.Next(1, 3), Wire = 2, Kind = ProtoKind.Text, Bytes = _random.Next(3) == 0 ? Encoding.UTF8.GetBytes("v" + _random.Next(9)) : Pick(edges).Bytes });
    }

    /// <summary>A part over and over: a small file that is large in memory.</summary>
    private void Many((List<ProtoField>, ProtoField Field)[] all)
    {
        ProtoField[] messages = [.. all.Where(a => a.Field.Fields is not null).Select(a => a.Field)];
        if (messages.Length == 0) return;
        List<ProtoField> fields = Pick(messages).Fields!;
        ProtoField part = fields.Count > 0 && _random.Next(2) == 0 ? Pick(fields) : ProtoField.Of(_random.Next(1, 16), Random(_random.Next(3)));
        byte[] one = ProtoTree.Write([part]);
        int count = Math.Min(_random.Next(1, 200_000), 2_000_000 / one.Length);
        if (count < 2) return;
        // As one field whose bytes hold the others: it is written and read as so many.
        var bytes = new byte[one.Length * count];
        for (int i = 0; i < count; i++) one.CopyTo(bytes, i * one.Length);
        fields.AddRange(ProtoTree.Parse(bytes) is { } parts ? parts : []);
    }

    /// <summary>Graphs within graphs.</summary>
    private void Nest((List<ProtoField>, ProtoField Field)[] all)
    {
        ProtoField[] nodes = Nodes(all);
        if (nodes.Length == 0) return;
        byte[] inner = [];
        for (int i = _random.Next(1, 3000); i > 0; i--)
            inner = ProtoTree.Write([ProtoField.Of(1, ProtoTree.Write([ProtoField.Of(4, "If"), ProtoField.Of(5, ProtoTree.Write([ProtoField.Of(1, "then_branch"), ProtoField.Of(6, inner)]))]))]);
        Pick(nodes).Fields!.Add(ProtoField.Of(5, ProtoKind.Attribute, ProtoField.Of(1, "body"), ProtoField.Of(6, inner), ProtoField.Of(20, 5)));
    }

    private static ProtoField[] Nodes((List<ProtoField>, ProtoField Field)[] all) => [.. all.Where(a => a.Field.Kind == ProtoKind.Node && a.Field.Fields is not null).Select(a => a.Field)];

    private byte[] Random(int count)
    {
        var bytes = new byte[count];
        _random.NextBytes(bytes);
        return bytes;
    }

    private T Pick<T>(IReadOnlyList<T> from) => from[_random.Next(from.Count)];
}
