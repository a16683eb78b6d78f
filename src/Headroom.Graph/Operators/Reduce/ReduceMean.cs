using Headroom.Graph.Onnx;

namespace Headroom.Graph.Operators;

/// <summary>Mean over axes; that of integers is truncated towards zero, that of no element is NaN (0 of integers).</summary>
/// <remarks>ONNX <c>ReduceMean</c>, opset 18; opset 13 with its axes as an attribute is read too.</remarks>
[OnnxOperator(13)]
public sealed class ReduceMean : ReduceOperator
{
    public static Operator Read(OnnxAttributes a) => new ReduceMean
    {
        KeepDims = a.Flag("keepdims", true),
        NoopWithEmptyAxes = a.Flag("noop_with_empty_axes"),
        FixedAxes = a.Ints("axes"),
    };

    // Divided while it is still small, spread out after, as a view.
    public override void Gradient(Backward b)
    {
        Value scale = b.Constant(TensorData.Fill(b.Signature.Input(0).Element, Shape.Scalar, 1.0 / Math.Max(1, Count(b.Signature))));
        b.Accumulate(0, b.Add(new Expand(), b.Add(new Mul(), KeptGradient(b), scale), b.Constant(TensorData.Longs(b.Signature.Input(0).Shape.Dims))));
    }
}
