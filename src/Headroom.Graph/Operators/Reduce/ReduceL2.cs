using Headroom.Graph.Onnx;

namespace Headroom.Graph.Operators;

/// <summary>Euclidean norm over axes, <c>y = √(Σ x²)</c>; 0 of no element. Of integers it is truncated.</summary>
/// <remarks>ONNX <c>ReduceL2</c>, opset 18; opset 13 with its axes as an attribute is read too. Where the norm is 0 so is the gradient.</remarks>
[OnnxOperator(13)]
public sealed class ReduceL2 : ReduceOperator
{
    public static Operator Read(OnnxAttributes a) => new ReduceL2
    {
        KeepDims = a.Flag("keepdims", true),
        NoopWithEmptyAxes = a.Flag("noop_with_empty_axes"),
        FixedAxes = a.Ints("axes"),
    };

    protected override bool KeepsOne => false;

    public override void Gradient(Backward b) => b.Accumulate(0, b.Add(new ReduceGradient { Form = ReduceForm.Norm }, KeptGradient(b), b.Input(0), Kept(b, b.Output(0))));
}
