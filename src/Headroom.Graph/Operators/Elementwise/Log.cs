using Headroom.Graph.Onnx;

namespace Headroom.Graph.Operators;

/// <summary>Natural logarithm, elementwise; NaN below zero.</summary>
/// <remarks>ONNX <c>Log</c>, opset 13.</remarks>
[OnnxOperator(13)]
public sealed class Log : UnaryOperator
{
    protected override double FlopsPerElement => 8;

    public static Operator Read(OnnxAttributes a) => new Log();

    public override void Gradient(Backward b) => b.Accumulate(0, b.Add(new Div(), b.OutputGradient(0), b.Input(0)));
}
