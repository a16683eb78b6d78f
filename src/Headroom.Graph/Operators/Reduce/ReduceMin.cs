using Headroom.Graph.Onnx;

namespace Headroom.Graph.Operators;

/// <summary>Minimum over axes; NaN where any element is. Of no element: +∞, or the greatest number of an integer type (true of bool).</summary>
/// <remarks>
/// ONNX <c>ReduceMin</c>, opset 20 (bool; 18 without); opset 13 with its axes as an attribute is read too. Where several elements are the minimum, they share the gradient evenly, as in PyTorch's <c>amin</c>.
/// </remarks>
[OnnxOperator(13)]
public sealed class ReduceMin : ExtremeReduceOperator
{
    public static Operator Read(OnnxAttributes a) => new ReduceMin
    {
        KeepDims = a.Flag("keepdims", true),
        NoopWithEmptyAxes = a.Flag("noop_with_empty_axes"),
        FixedAxes = a.Ints("axes"),
    };

    protected override bool IsGreatest => false;
}
