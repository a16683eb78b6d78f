using Headroom.Graph.Onnx;

namespace Headroom.Graph.Operators;

/// <summary>Takes single elements by their index along one axis: <c>y[i, j, k] = x[i, index[i, j, k], k]</c> for axis 1. The output has the indices' shape, which may be smaller than x's on the other axes.</summary>
/// <remarks>ONNX <c>GatherElements</c>, opset 13: indices are int32 or int64 in [-extent, extent). The run refuses others by name and place.</remarks>
[OnnxOperator(13)]
public sealed class GatherElements : Operator
{
    public long Axis { get; init; }

    public static Operator Read(OnnxAttributes a) => new GatherElements { Axis = a.Int("axis", 0) };

    public override TensorType[] Infer(Signature s)
    {
        Require(s, s.Input(0).Shape, Axis);
        return [new TensorType(s.Input(0).Element, s.Input(1).Shape)];
    }

    public override Cost Cost(Signature s) => new(0, s.Output(0).Bytes + s.Input(1).Bytes, s.Output(0).Bytes);

    public override TensorData[]? Fold(Signature s)
    {
        if (!Folding.Can(s)) return null;
        TensorData x = s.Constant(0)!;
        long[] indices = s.Longs(1, "the indices"), strides = x.Type.Shape.Strides();
        int axis = x.Type.Shape.Axis(Axis);
        Shape shape = s.Output(0).Shape;
        return [Folding.Pick(s.Output(0), i =>
        {
            long index = indices[i], at = (index < 0 ? index + x.Type.Shape[axis] : index) * strides[axis];
            for (int d = shape.Rank - 1; d >= 0; i /= shape[d--])
                if (d != axis) at += i % shape[d] * strides[d];
            return (x, at);
        })];
    }

    // Elements taken more than once get the sum, in fp32 for halves.
    public override void Gradient(Backward b)
    {
        TensorType x = b.Signature.Input(0);
        b.Accumulate(0, InFull(b, b.OutputGradient(0), (dy, element) =>
        {
            Value zeros = b.Add(new ConstantOfShape { Value = TensorData.Fill(element, new Shape(1), 0) }, b.Constant(TensorData.Longs(x.Shape.Dims)));
            return b.Add(new ScatterElements { Axis = Axis, Reduction = ScatterReduction.Add }, zeros, b.Input(1), dy);
        }));
    }

    public override void Write(OnnxAttributes a) => a.Set("axis", Axis);

    /// <summary>Whether indices of input 1 fit a tensor.</summary>
    internal static void Require(Signature s, Shape x, long along)
    {
        Shape indices = s.Input(1).Shape;
        if (x.Rank == 0) throw new GraphException("takes elements along an axis; a scalar has none");
        s.RequireRank(1, x.Rank, "indices");
        int axis = x.Axis(along);
        for (int i = 0; i < x.Rank; i++)
            if (i != axis && indices[i] > x[i]) throw new GraphException($"the indices {s.Input(1)} are larger than {x} on axis {i}");
        Gather.RequireIndices(s, 1, x[axis]);
    }

    /// <summary>Sums of many terms in fp32, whatever half the gradient has.</summary>
    internal static Value InFull(Backward b, Value dy, Func<Value, ElementType, Value> sum)
    {
        ElementType element = b.Type(dy).Element;
        if (element is not (ElementType.Float16 or ElementType.BFloat16)) return sum(dy, element);
        return b.Add(new Cast { To = element }, sum(b.Add(new Cast { To = ElementType.Float32 }, dy), ElementType.Float32));
    }
}
