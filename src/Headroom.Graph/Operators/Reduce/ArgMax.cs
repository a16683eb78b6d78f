using Headroom.Graph.Onnx;

namespace Headroom.Graph.Operators;

/// <summary>The index of the greatest element along an axis.</summary>
/// <remarks>ONNX <c>ArgMax</c>, opset 13.</remarks>
[OnnxOperator(13)]
public sealed class ArgMax : ArgReduceOperator
{
    public ArgMax() { }

    private ArgMax(OnnxAttributes a) : base(a) { }

    public static Operator Read(OnnxAttributes a) => new ArgMax(a);
}
