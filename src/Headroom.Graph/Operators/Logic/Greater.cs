using Headroom.Graph.Onnx;

namespace Headroom.Graph.Operators;

/// <summary><c>c = (a &gt; b)</c>, elementwise with broadcasting.</summary>
/// <remarks>ONNX <c>Greater</c>, opset 13.</remarks>
[OnnxOperator(13)]
public sealed class Greater : ComparisonOperator
{
    public static Operator Read(OnnxAttributes a) => new Greater();

    protected override bool Holds(long x, long y) => x > y;

    protected override bool Holds(double x, double y) => x > y;
}
