using Headroom.Graph.Onnx;

namespace Headroom.Graph.Operators;

/// <summary>Logistic function in three straight pieces, <c>y = max(0, min(1, α x + β))</c>, elementwise.</summary>
/// <remarks>ONNX <c>HardSigmoid</c>, opset 6. Courbariaux, Bengio and David, arXiv:1511.00363.</remarks>
[OnnxOperator(6)]
public sealed class HardSigmoid : UnaryOperator
{
    public float Alpha { get; init; } = 0.2f;

    public float Beta { get; init; } = 0.5f;

    protected override double FlopsPerElement => 4;

    public static Operator Read(OnnxAttributes a) => new HardSigmoid { Alpha = a.Float("alpha", 0.2f), Beta = a.Float("beta", 0.5f) };

    public override void Gradient(Backward b) => b.Accumulate(0, b.Add(new HardSigmoidGradient { Alpha = Alpha }, b.OutputGradient(0), b.Output(0)));

    public override void Write(OnnxAttributes a)
    {
        a.Set("alpha", Alpha);
        a.Set("beta", Beta);
    }
}

/// <summary><c>dx = 0 &lt; y &lt; 1 ? α dy : 0</c>. Inputs: dy, y.</summary>
public sealed class HardSigmoidGradient : UnaryGradient
{
    public required float Alpha { get; init; }
}
