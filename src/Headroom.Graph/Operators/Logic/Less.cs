using Headroom.Graph.Onnx;

namespace Headroom.Graph.Operators;

/// <summary><c>c = (a &lt; b)</c>, elementwise with broadcasting.</summary>
/// <remarks>ONNX <c>Less</c>, opset 13.</remarks>
[OnnxOperator(13)]
public sealed class Less : ComparisonOperator
{
    public static Operator Read(OnnxAttributes a) => new Less();

    protected override bool Holds(long x, long y) => x < y;

    protected override bool Holds(double x, double y) => x < y;
}
