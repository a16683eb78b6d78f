using Headroom.Graph.Onnx;

namespace Headroom.Graph.Operators;

/// <summary><c>y = x · tanh(ln(1 + eˣ))</c>, elementwise.</summary>
/// <remarks>ONNX <c>Mish</c>, opset 18. Misra, arXiv:1908.08681.</remarks>
[OnnxOperator(18)]
public sealed class Mish : UnaryOperator
{
    protected override double FlopsPerElement => 12;

    public static Operator Read(OnnxAttributes a) => new Mish();

    // y is not monotonic, so x is needed.
    public override void Gradient(Backward b) => b.Accumulate(0, b.Add(new MishGradient(), b.OutputGradient(0), b.Input(0)));

    public override void Export(OnnxExport e)
    {
        if (e.Opset >= 18)
        {
            base.Export(e);
            return;
        }
        Value x = e.Node.Inputs[0];
        e.Emit("Mul", "", [x, e.Emit("Tanh", null, e.Emit("Softplus", null, x))], e.Node.Outputs);
    }
}

/// <summary><c>dx = dy · (t + x σ(x) (1 - t²))</c> with <c>t = tanh(ln(1 + eˣ))</c>. Inputs: dy, x.</summary>
public sealed class MishGradient : UnaryGradient
{
    protected override double FlopsPerElement => 20;
}
