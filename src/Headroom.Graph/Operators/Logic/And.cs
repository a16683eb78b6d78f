using Headroom.Graph.Onnx;

namespace Headroom.Graph.Operators;

/// <summary>Whether both operands are true, elementwise with broadcasting.</summary>
/// <remarks>ONNX <c>And</c>, opset 7.</remarks>
[OnnxOperator(7)]
public sealed class And : LogicalOperator
{
    public static Operator Read(OnnxAttributes a) => new And();

    protected override long Of(long x, long y) => x & y;
}
