using Headroom.Graph.Onnx;

namespace Headroom.Graph.Operators;

/// <summary>Rectified linear unit with a threshold, <c>y = x &gt; α ? x : 0</c>, elementwise.</summary>
/// <remarks>ONNX <c>ThresholdedRelu</c>, opset 10. Konda, Memisevic and Krueger, arXiv:1402.3337.</remarks>
[OnnxOperator(10)]
public sealed class ThresholdedRelu : UnaryOperator
{
    public float Alpha { get; init; } = 1;

    public static Operator Read(OnnxAttributes a) => new ThresholdedRelu { Alpha = a.Float("alpha", 1) };

    // What passed a threshold that isn't negative is above it in y as well, so x need not be kept.
    public override void Gradient(Backward b) => b.Accumulate(0, b.Add(new ThresholdedReluGradient { Alpha = Alpha }, b.OutputGradient(0), Alpha >= 0 ? b.Output(0) : b.Input(0)));

    public override void Write(OnnxAttributes a) => a.Set("alpha", Alpha);
}

/// <summary><c>dx = y &gt; α ? dy : 0</c>. Inputs: dy, and y (x where α is negative).</summary>
public sealed class ThresholdedReluGradient : UnaryGradient
{
    public required float Alpha { get; init; }

    protected override double FlopsPerElement => 1;
}
