using Headroom.Graph.Onnx;

namespace Headroom.Graph.Operators;

/// <summary><c>c = (a ≥ b)</c>, elementwise with broadcasting.</summary>
/// <remarks>ONNX <c>GreaterOrEqual</c>, opset 12 (16 with bfloat16).</remarks>
[OnnxOperator(12)]
public sealed class GreaterOrEqual : ComparisonOperator
{
    public static Operator Read(OnnxAttributes a) => new GreaterOrEqual();

    protected override bool Holds(long x, long y) => x >= y;

    protected override bool Holds(double x, double y) => x >= y;
}
