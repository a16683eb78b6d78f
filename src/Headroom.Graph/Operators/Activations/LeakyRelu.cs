using Headroom.Graph.Onnx;

namespace Headroom.Graph.Operators;

/// <summary>Rectified linear unit that leaks, <c>y = x &lt; 0 ? α x : x</c>, elementwise.</summary>
/// <remarks>ONNX <c>LeakyRelu</c>, opset 6. Maas, Hannun and Ng, 2013.</remarks>
[OnnxOperator(6)]
public sealed class LeakyRelu : UnaryOperator
{
    /// <summary>The slope below zero.</summary>
    public float Alpha { get; init; } = 0.01f;

    public static Operator Read(OnnxAttributes a) => new LeakyRelu { Alpha = a.Float("alpha", 0.01f) };

    // Where α isn't negative y has x's sign, so x need not be kept.
    public override void Gradient(Backward b) => b.Accumulate(0, b.Add(new LeakyReluGradient { Alpha = Alpha }, b.OutputGradient(0), Alpha >= 0 ? b.Output(0) : b.Input(0)));

    public override void Write(OnnxAttributes a) => a.Set("alpha", Alpha);
}

/// <summary><c>dx = y &gt; 0 ? dy : α dy</c>. Inputs: dy, and y (x where α is negative).</summary>
public sealed class LeakyReluGradient : UnaryGradient
{
    public required float Alpha { get; init; }

    protected override double FlopsPerElement => 2;
}
