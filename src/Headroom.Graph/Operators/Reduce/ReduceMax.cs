using Headroom.Graph.Onnx;

namespace Headroom.Graph.Operators;

/// <summary>Maximum over axes; NaN where any element is. Of no element: -∞, or the least number of an integer type (false of bool).</summary>
/// <remarks>
/// ONNX <c>ReduceMax</c>, opset 20 (bool; 18 without); opset 13 with its axes as an attribute is read too. Where several elements are the maximum, they share the gradient evenly, as in PyTorch's <c>amax</c>.
/// </remarks>
[OnnxOperator(13)]
public sealed class ReduceMax : ExtremeReduceOperator
{
    public static Operator Read(OnnxAttributes a) => new ReduceMax
    {
        KeepDims = a.Flag("keepdims", true),
        NoopWithEmptyAxes = a.Flag("noop_with_empty_axes"),
        FixedAxes = a.Ints("axes"),
    };

    protected override bool IsGreatest => true;
}
