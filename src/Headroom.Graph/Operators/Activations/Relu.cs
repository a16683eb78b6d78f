using Headroom.Graph.Onnx;

namespace Headroom.Graph.Operators;

/// <summary>Rectified linear unit, <c>y = max(x, 0)</c>, elementwise; NaN stays NaN.</summary>
/// <remarks>ONNX <c>Relu</c>, opset 13. Its gradient reads y, so x can be overwritten.</remarks>
[OnnxOperator(13)]
public sealed class Relu : UnaryOperator
{
    protected override bool TakesIntegers => true;

    public static Operator Read(OnnxAttributes a) => new Relu();

    public override void Gradient(Backward b) => b.Accumulate(0, b.Add(new ReluGradient(), b.OutputGradient(0), b.Output(0)));
}

/// <summary><c>dx = y &gt; 0 ? dy : 0</c>. Inputs: dy, y (x serves as well). At 0 the gradient is 0.</summary>
public sealed class ReluGradient : UnaryGradient
{
    protected override double FlopsPerElement => 1;
}
