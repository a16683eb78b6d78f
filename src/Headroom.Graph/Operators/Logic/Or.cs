using Headroom.Graph.Onnx;

namespace Headroom.Graph.Operators;

/// <summary>Whether an operand is true, elementwise with broadcasting.</summary>
/// <remarks>ONNX <c>Or</c>, opset 7.</remarks>
[OnnxOperator(7)]
public sealed class Or : LogicalOperator
{
    public static Operator Read(OnnxAttributes a) => new Or();

    protected override long Of(long x, long y) => x | y;
}
