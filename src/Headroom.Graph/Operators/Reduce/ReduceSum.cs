using Headroom.Graph.Onnx;

namespace Headroom.Graph.Operators;

/// <summary>Sum over axes; 0 of no element.</summary>
/// <remarks>ONNX <c>ReduceSum</c>, opset 13.</remarks>
[OnnxOperator(13)]
public sealed class ReduceSum : ReduceOperator
{
    protected override int AxesInputSince => 13;

    public static Operator Read(OnnxAttributes a) => new ReduceSum { KeepDims = a.Flag("keepdims", true), NoopWithEmptyAxes = a.Flag("noop_with_empty_axes") };

    public override TensorData[]? Fold(Signature s) => Folding.Reduce(s, Axes(s), 0, (x, y) => unchecked(x + y), 0, (x, y) => x + y);

    public override void Gradient(Backward b) => b.Accumulate(0, b.Add(new Expand(), KeptGradient(b), b.Constant(TensorData.Longs(b.Signature.Input(0).Shape.Dims))));
}
