using Headroom.Graph.Onnx;

namespace Headroom.Graph.Operators;

/// <summary>Continuously differentiable exponential linear unit, <c>y = max(0, x) + min(0, α (e^(x/α) - 1))</c>, elementwise.</summary>
/// <remarks>ONNX <c>Celu</c>, opset 12 (of fp32 alone before opset 28). Barron, arXiv:1704.07483.</remarks>
[OnnxOperator(12)]
public sealed class Celu : UnaryOperator
{
    public float Alpha { get; init; } = 1;

    protected override double FlopsPerElement => 11;

    public static Operator Read(OnnxAttributes a) => new Celu { Alpha = a.Float("alpha", 1) };

    public override void Gradient(Backward b) => b.Accumulate(0, b.Add(new CeluGradient { Alpha = Alpha }, b.OutputGradient(0), b.Output(0)));

    public override void Write(OnnxAttributes a) => a.Set("alpha", Alpha);

    public override void Export(OnnxExport e)
    {
        Value x = e.Node.Inputs[0];
        if (e.Opset >= 28 || e.Element(x) == ElementType.Float32)
        {
            base.Export(e);
            return;
        }
        Value alpha = e.Constant(TensorData.Fill(e.Element(x), Shape.Scalar, Alpha));
        e.Emit("Mul", "", [alpha, e.Emit("Elu", null, e.Emit("Div", null, x, alpha))], e.Node.Outputs);
    }
}

/// <summary><c>dx = y &gt; 0 ? dy : dy (y / α + 1)</c>. Inputs: dy, y.</summary>
public sealed class CeluGradient : UnaryGradient
{
    public required float Alpha { get; init; }
}
