using Headroom.Graph.Onnx;

namespace Headroom.Graph.Operators;

/// <summary>
/// Takes slices along an axis by index: <c>[before.., extent, after..]</c> and indices <c>[i..]</c> give <c>[before.., i.., after..]</c>. With axis 0 on a table <c>[rows, width]</c> this is an embedding.
/// </summary>
/// <remarks>ONNX <c>Gather</c>, opset 13: indices are int32 or int64 in [-extent, extent). The run refuses others by name and place.</remarks>
[OnnxOperator(13)]
public sealed class Gather : Operator
{
    public long Axis { get; init; }

    public static Operator Read(OnnxAttributes a) => new Gather { Axis = a.Int("axis", 0) };

    public override TensorType[] Infer(Signature s)
    {
        TensorType x = s.Input(0);
        int axis = x.Shape.Axis(Axis);
        RequireIndices(s, 1, x.Shape[axis]);
        return [new TensorType(x.Element, new Shape([.. x.Shape.Dims[..axis], .. s.Input(1).Shape.Dims, .. x.Shape.Dims[(axis + 1)..]]))];
    }

    public override void Decode(DecodingRewrite r)
    {
        int axis = r.Signature.Input(0).Shape.Axis(Axis);
        SequenceAxis carried = (r.Axis(0), r.Axis(1)) switch
        {
            // A table, read by the tokens; or some features of each token.
            (null, { } indices) => indices with { Axis = axis + indices.Axis },
            ({ } data, null) when data.Axis != axis => data with { Axis = data.Axis < axis ? data.Axis : data.Axis - 1 + r.Signature.Input(1).Rank },
            _ => throw r.Mixes(),
        };
        r.Replace(this, [r.Input(0), r.Input(1)], carried);
    }

    public override Cost Cost(Signature s) => new(0, s.Output(0).Bytes + s.Input(1).Bytes, s.Output(0).Bytes);

    public override TensorData[]? Fold(Signature s)
    {
        if (!Folding.Can(s)) return null;
        TensorData x = s.Constant(0)!;
        long[] indices = s.Longs(1, "the indices");
        int axis = x.Type.Shape.Axis(Axis);
        long inner = new Shape(x.Type.Shape.Dims[(axis + 1)..]).Elements, extent = x.Type.Shape[axis];
        return [Folding.Pick(s.Output(0), i =>
        {
            long index = indices[(int)(i / inner % indices.Length)];
            return (x, ((i / inner / indices.Length * extent) + (index < 0 ? index + extent : index)) * inner + i % inner);
        })];
    }

    public override void Gradient(Backward b)
        => b.Accumulate(0, b.Add(new GatherGradient { Axis = Axis, Extents = b.Signature.Input(0).Shape.Dims.ToArray() }, b.OutputGradient(0), b.Input(1)));

    public override void Write(OnnxAttributes a) => a.Set("axis", Axis);

    internal static void RequireIndices(Signature s, int input, long extent)
    {
        if (s.Input(input).Element is not (ElementType.Int64 or ElementType.Int32)) throw new GraphException($"the indices are {s.Input(input)}, int64 or int32 is needed");
        if (s.Constant(input) is null) return;
        foreach (long index in s.Longs(input, "the indices"))
            if (index < -extent || index >= extent) throw new GraphException($"index {index} is outside an axis of extent {extent}");
    }
}

/// <summary>
/// The gradient of <see cref="Gather"/> by the table: each slice of dy added to the row that it came from, zero where none did; the order of the sum is that of the indices, so the result is the same each time.
/// Inputs: dy, indices.
/// </summary>
public sealed class GatherGradient : Operator
{
    public long Axis { get; init; }

    /// <summary>The table's shape.</summary>
    public required long[] Extents { get; init; }

    public override string Domain => "headroom";

    public override TensorType[] Infer(Signature s)
    {
        var table = new Shape(Extents);
        int axis = table.Axis(Axis);
        Gather.RequireIndices(s, 1, table[axis]);
        if (table[axis] > int.MaxValue || s.Input(1).Elements > int.MaxValue) throw new GraphException($"takes up to 2³¹ rows and indices, here {table[axis]} and {s.Input(1).Elements}");
        var expected = new Shape([.. table.Dims[..axis], .. s.Input(1).Shape.Dims, .. table.Dims[(axis + 1)..]]);
        if (s.Input(0).Shape != expected) throw new GraphException($"the gradient is {s.Input(0)}, indices {s.Input(1)} into {table} give {expected}");
        return [new TensorType(s.Input(0).Element, table)];
    }

    public override Cost Cost(Signature s) => new(s.Input(0).Elements, s.InputBytes, s.OutputBytes);
}
