using Headroom.Graph.Onnx;

namespace Headroom.Graph.Operators;

/// <summary>
/// Puts single elements by their index along one axis: <c>y[i, index[i, j, k], k] = updates[i, j, k]</c> for axis 1, the data elsewhere.
/// Inputs: data, indices, updates of the indices' shape, which may be smaller than the data's on the other axes.
/// </summary>
/// <remarks>ONNX <c>ScatterElements</c>, opset 13 (16 and 18 with reductions). The run refuses an index outside the axis by name and place.</remarks>
[OnnxOperator(13)]
public sealed class ScatterElements : ScatterOperator
{
    public long Axis { get; init; }

    public static Operator Read(OnnxAttributes a) => new ScatterElements { Axis = a.Int("axis", 0), Reduction = Words.Read(a, "reduction", ScatterReduction.None) };

    public override TensorType[] Infer(Signature s)
    {
        s.RequireSameElement(0, 2);
        GatherElements.Require(s, s.Input(0).Shape, Axis);
        if (s.Input(2).Shape != s.Input(1).Shape) throw new GraphException($"the updates are {s.Input(2)}, the indices {s.Input(1)}; their shapes must be the same");
        return [s.Input(0)];
    }

    public override void Write(OnnxAttributes a)
    {
        a.Set("axis", Axis);
        base.Write(a);
    }

    protected override Value Gather(Backward b, Value from) => b.Add(new GatherElements { Axis = Axis }, from, b.Input(1));

    protected override Value Scatter(Backward b, ScatterReduction reduction, Value data, Value updates)
        => b.Add(new ScatterElements { Axis = Axis, Reduction = reduction }, data, b.Input(1), updates);
}
