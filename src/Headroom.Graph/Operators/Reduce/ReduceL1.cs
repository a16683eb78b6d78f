using Headroom.Graph.Onnx;

namespace Headroom.Graph.Operators;

/// <summary>Sum of absolute values over axes, <c>y = Σ |x|</c>; 0 of no element.</summary>
/// <remarks>ONNX <c>ReduceL1</c>, opset 18; opset 13 with its axes as an attribute is read too.</remarks>
[OnnxOperator(13)]
public sealed class ReduceL1 : ReduceOperator
{
    public static Operator Read(OnnxAttributes a) => new ReduceL1
    {
        KeepDims = a.Flag("keepdims", true),
        NoopWithEmptyAxes = a.Flag("noop_with_empty_axes"),
        FixedAxes = a.Ints("axes"),
    };

    protected override bool KeepsOne => false;

    public override void Gradient(Backward b) => b.Accumulate(0, b.Add(new ReduceGradient { Form = ReduceForm.AbsoluteSum }, KeptGradient(b), b.Input(0)));
}
