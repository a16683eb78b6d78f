using Headroom.Graph.Onnx;

namespace Headroom.Graph.Operators;

/// <summary>Product over axes; 1 of no element.</summary>
/// <remarks>ONNX <c>ReduceProd</c>, opset 18; opset 13 with its axes as an attribute is read too. The gradient holds beside zeros, too: each element's is the product of the others.</remarks>
[OnnxOperator(13)]
public sealed class ReduceProd : ReduceOperator
{
    public static Operator Read(OnnxAttributes a) => new ReduceProd
    {
        KeepDims = a.Flag("keepdims", true),
        NoopWithEmptyAxes = a.Flag("noop_with_empty_axes"),
        FixedAxes = a.Ints("axes"),
    };

    public override TensorData[]? Fold(Signature s) => Folding.Reduce(s, Axes(s), 1, (x, y) => unchecked(x * y), 1, (x, y) => x * y);

    public override void Gradient(Backward b) => b.Accumulate(0, b.Add(new ReduceGradient { Form = ReduceForm.Product }, KeptGradient(b), b.Input(0)));
}
