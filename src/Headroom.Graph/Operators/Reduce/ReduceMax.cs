using Headroom.Graph.Onnx;

namespace Headroom.Graph.Operators;

/// <summary>Maximum over axes; NaN where any element is.</summary>
/// <remarks>
/// ONNX <c>ReduceMax</c>, opset 18; opset 13 with its axes as an attribute is read too. Where several elements are the maximum, they share the gradient evenly, as in PyTorch's <c>amax</c>.
/// </remarks>
[OnnxOperator(13)]
public sealed class ReduceMax : ReduceOperator
{
    public static Operator Read(OnnxAttributes a) => new ReduceMax
    {
        KeepDims = a.Flag("keepdims", true),
        NoopWithEmptyAxes = a.Flag("noop_with_empty_axes"),
        FixedAxes = a.Ints("axes"),
    };

    public override TensorType[] Infer(Signature s)
    {
        TensorType[] types = base.Infer(s);
        if (Count(s) == 0 && types[0].Elements > 0) throw new GraphException($"no element of {s.Input(0)} has no maximum: a reduced axis is empty");
        return types;
    }

    public override void Gradient(Backward b)
    {
        TensorType x = b.Signature.Input(0);
        Shape kept = x.Shape;
        foreach (int axis in Axes(b.Signature)) kept = kept.With(axis, 1);
        Value at = b.Add(new Cast { To = x.Element }, b.Add(new Equal(), b.Input(0), b.Reshape(b.Output(0), kept)));
        Value share = b.Add(new Div(), KeptGradient(b), b.SumTo(at, kept));
        b.Accumulate(0, b.Add(new Mul(), at, share));
    }
}
