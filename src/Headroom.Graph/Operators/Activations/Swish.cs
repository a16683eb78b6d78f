using Headroom.Graph.Onnx;

namespace Headroom.Graph.Operators;

/// <summary>Sigmoid-weighted unit (SiLU where α is 1), <c>y = x · σ(α x)</c>, elementwise.</summary>
/// <remarks>ONNX <c>Swish</c>, opset 24. Ramachandran, Zoph and Le, arXiv:1710.05941.</remarks>
[OnnxOperator(24)]
public sealed class Swish : UnaryOperator
{
    public float Alpha { get; init; } = 1;

    protected override double FlopsPerElement => 12;

    public static Operator Read(OnnxAttributes a) => new Swish { Alpha = a.Float("alpha", 1) };

    // y is not monotonic, so x is needed.
    public override void Gradient(Backward b) => b.Accumulate(0, b.Add(new SwishGradient { Alpha = Alpha }, b.OutputGradient(0), b.Input(0)));

    public override void Write(OnnxAttributes a) => a.Set("alpha", Alpha);

    public override void Export(OnnxExport e)
    {
        if (e.Opset >= 24) base.Export(e);
        else e.Emit("Mul", "", [e.Node.Inputs[0], Gate(e, e.Node.Inputs[0], Alpha)], e.Node.Outputs);
    }

    /// <summary>Writes <c>σ(α x)</c> in operators that every opset has.</summary>
    internal static Value Gate(OnnxExport e, Value x, float alpha)
        => e.Emit("Sigmoid", null, alpha == 1 ? x : e.Emit("Mul", null, x, e.Constant(TensorData.Fill(e.Element(x), Shape.Scalar, alpha))));
}

/// <summary><c>dx = dy · s (1 + α x (1 - s))</c> with <c>s = σ(α x)</c>. Inputs: dy, x.</summary>
public sealed class SwishGradient : UnaryGradient
{
    public required float Alpha { get; init; }

    protected override double FlopsPerElement => 16;
}
