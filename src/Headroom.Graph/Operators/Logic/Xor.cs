using Headroom.Graph.Onnx;

namespace Headroom.Graph.Operators;

/// <summary>Whether exactly one operand is true, elementwise with broadcasting.</summary>
/// <remarks>ONNX <c>Xor</c>, opset 7.</remarks>
[OnnxOperator(7)]
public sealed class Xor : LogicalOperator
{
    public static Operator Read(OnnxAttributes a) => new Xor();

    protected override long Of(long x, long y) => x ^ y;
}
