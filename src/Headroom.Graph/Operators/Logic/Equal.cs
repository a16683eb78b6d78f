using Headroom.Graph.Onnx;

namespace Headroom.Graph.Operators;

/// <summary><c>c = (a = b)</c>, elementwise with broadcasting, of numbers or bools; NaN equals nothing.</summary>
/// <remarks>ONNX <c>Equal</c>, opset 13.</remarks>
[OnnxOperator(13)]
public sealed class Equal : ComparisonOperator
{
    public static Operator Read(OnnxAttributes a) => new Equal();

    protected override bool TakesBools => true;

    protected override bool Holds(long x, long y) => x == y;

    protected override bool Holds(double x, double y) => x == y;
}
