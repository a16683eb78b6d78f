using Headroom.Graph.Onnx;

namespace Headroom.Graph.Operators;

/// <summary>Sum of squares over axes, <c>y = Σ x²</c>; 0 of no element.</summary>
/// <remarks>ONNX <c>ReduceSumSquare</c>, opset 18; opset 13 with its axes as an attribute is read too.</remarks>
[OnnxOperator(13)]
public sealed class ReduceSumSquare : ReduceOperator
{
    public static Operator Read(OnnxAttributes a) => new ReduceSumSquare
    {
        KeepDims = a.Flag("keepdims", true),
        NoopWithEmptyAxes = a.Flag("noop_with_empty_axes"),
        FixedAxes = a.Ints("axes"),
    };

    protected override bool KeepsOne => false;

    public override void Gradient(Backward b) => b.Accumulate(0, b.Add(new ReduceGradient { Form = ReduceForm.SquareSum }, KeptGradient(b), b.Input(0)));
}
