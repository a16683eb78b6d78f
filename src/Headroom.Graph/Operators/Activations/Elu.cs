using Headroom.Graph.Onnx;

namespace Headroom.Graph.Operators;

/// <summary>Exponential linear unit, <c>y = x &gt; 0 ? x : α (eˣ - 1)</c>, elementwise.</summary>
/// <remarks>ONNX <c>Elu</c>, opset 6. Clevert, Unterthiner and Hochreiter, arXiv:1511.07289.</remarks>
[OnnxOperator(6)]
public sealed class Elu : UnaryOperator
{
    public float Alpha { get; init; } = 1;

    protected override double FlopsPerElement => 10;

    public static Operator Read(OnnxAttributes a) => new Elu { Alpha = a.Float("alpha", 1) };

    // Where α isn't negative y tells the side and holds the exponential, so x need not be kept.
    public override void Gradient(Backward b) => b.Accumulate(0, b.Add(new EluGradient { Alpha = Alpha }, b.OutputGradient(0), Alpha >= 0 ? b.Output(0) : b.Input(0)));

    public override void Write(OnnxAttributes a) => a.Set("alpha", Alpha);
}

/// <summary><c>dx = y &gt; 0 ? dy : dy (y + α)</c> with y; where α is negative <c>dx = x &gt; 0 ? dy : dy α eˣ</c> with x. Inputs: dy, and y or x.</summary>
public sealed class EluGradient : UnaryGradient
{
    public required float Alpha { get; init; }
}
