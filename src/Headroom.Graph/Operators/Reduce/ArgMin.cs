using Headroom.Graph.Onnx;

namespace Headroom.Graph.Operators;

/// <summary>The index of the least element along an axis.</summary>
/// <remarks>ONNX <c>ArgMin</c>, opset 13.</remarks>
[OnnxOperator(13)]
public sealed class ArgMin : ArgReduceOperator
{
    public ArgMin() { }

    private ArgMin(OnnxAttributes a) : base(a) { }

    public static Operator Read(OnnxAttributes a) => new ArgMin(a);
}
