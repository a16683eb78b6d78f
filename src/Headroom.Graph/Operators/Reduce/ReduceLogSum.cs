using Headroom.Graph.Onnx;

namespace Headroom.Graph.Operators;

/// <summary>Logarithm of the sum over axes, <c>y = log(Σ x)</c>; -∞ of no element.</summary>
/// <remarks>ONNX <c>ReduceLogSum</c>, opset 18; opset 13 with its axes as an attribute is read too.</remarks>
[OnnxOperator(13)]
public sealed class ReduceLogSum : ReduceOperator
{
    public static Operator Read(OnnxAttributes a) => new ReduceLogSum
    {
        KeepDims = a.Flag("keepdims", true),
        NoopWithEmptyAxes = a.Flag("noop_with_empty_axes"),
        FixedAxes = a.Ints("axes"),
    };

    protected override bool KeepsOne => false;

    // dx = dy / Σ x, the same for each element: the sum comes back from its logarithm, and is spread out as a view.
    public override void Gradient(Backward b)
    {
        Value share = b.Add(new Div(), KeptGradient(b), b.Add(new Exp(), Kept(b, b.Output(0))));
        b.Accumulate(0, b.Add(new Expand(), share, b.Constant(TensorData.Longs(b.Signature.Input(0).Shape.Dims))));
    }
}
