using Headroom.Graph.Onnx;

namespace Headroom.Graph.Operators;

/// <summary>Inputs of one type behind one another along an axis; all other extents are alike.</summary>
/// <remarks>ONNX <c>Concat</c>, opset 13.</remarks>
[OnnxOperator(13)]
public sealed class Concat : Operator
{
    public required long Axis { get; init; }

    public static Operator Read(OnnxAttributes a) => new Concat { Axis = a.Has("axis") ? a.Int("axis", 0) : throw new GraphException("attribute 'axis' is missing") };

    public override Precision Precision => Precision.First;

    public override bool AcceptsStrides(int input) => true;

    public override TensorType[] Infer(Signature s)
    {
        if (s.InputCount == 0) throw new GraphException("needs at least one input");
        TensorType first = s.Input(0);
        int axis = first.Shape.Axis(Axis);
        long extent = first.Shape[axis];
        for (int i = 1; i < s.InputCount; i++)
        {
            s.RequireSameElement(0, i);
            s.RequireRank(i, first.Rank, $"{i}");
            Shape shape = s.Input(i).Shape;
            if (shape.With(axis, 0) != first.Shape.With(axis, 0)) throw new GraphException($"inputs 0 and {i} differ beside axis {axis}: {first.Shape} and {shape}");
            extent = checked(extent + shape[axis]);
        }
        return [new TensorType(first.Element, first.Shape.With(axis, extent))];
    }

    public override void Decode(DecodingRewrite r)
    {
        SequenceAxis axis = Enumerable.Range(0, r.Node.Inputs.Length).Select(r.Axis).First(a => a is not null)!.Value;
        if (axis.Axis == r.Signature.Output(0).Shape.Axis(Axis)) throw r.Mixes();
        Value Part(int i) => r.Axis(i) is not { } own ? r.Rows(i, axis.Axis) : own == axis ? r.Input(i) : throw r.Mixes();
        r.Replace(this, [.. Enumerable.Range(0, r.Node.Inputs.Length).Select(Part)], axis);
    }

    public override Cost Cost(Signature s) => new(0, s.InputBytes, s.OutputBytes);

    public override TensorData[]? Fold(Signature s)
    {
        if (!Folding.Can(s)) return null;
        TensorType type = s.Output(0);
        int axis = type.Shape.Axis(Axis);
        long inner = new Shape(type.Shape.Dims[(axis + 1)..]).Elements, extent = type.Shape[axis];
        return [Folding.Pick(type, i =>
        {
            long outer = i / inner / extent, at = i / inner % extent;
            int from = 0;
            while (at >= s.Input(from).Shape[axis]) at -= s.Input(from++).Shape[axis];
            return (s.Constant(from)!, ((outer * s.Input(from).Shape[axis]) + at) * inner + i % inner);
        })];
    }

    public override void Gradient(Backward b)
    {
        int axis = b.Signature.Input(0).Shape.Axis(Axis), count = b.Signature.InputCount;
        long[] sizes = [.. Enumerable.Range(0, count).Select(i => b.Signature.Input(i).Shape[axis])];
        var parts = b.AddMany(new Split { Axis = axis }, count, b.OutputGradient(0), b.Constant(TensorData.Longs(sizes)));
        for (int i = 0; i < count; i++) b.Accumulate(i, parts[i]);
    }

    public override void Write(OnnxAttributes a) => a.Set("axis", Axis);
}
