using Headroom.Graph.Onnx;

namespace Headroom.Graph.Operators;

/// <summary>Scaled exponential linear unit, <c>y = γ (x &gt; 0 ? x : α (eˣ - 1))</c>, elementwise.</summary>
/// <remarks>ONNX <c>Selu</c>, opset 6. Klambauer et al., arXiv:1706.02515, whose constants are the defaults.</remarks>
[OnnxOperator(6)]
public sealed class Selu : UnaryOperator
{
    private const float DefaultAlpha = 1.67326319217681884765625f, DefaultGamma = 1.05070102214813232421875f;

    public float Alpha { get; init; } = DefaultAlpha;

    public float Gamma { get; init; } = DefaultGamma;

    protected override double FlopsPerElement => 10;

    public static Operator Read(OnnxAttributes a) => new Selu { Alpha = a.Float("alpha", DefaultAlpha), Gamma = a.Float("gamma", DefaultGamma) };

    // With the usual signs y tells the side and holds the exponential, so x need not be kept.
    public override void Gradient(Backward b)
    {
        var gradient = new SeluGradient { Alpha = Alpha, Gamma = Gamma };
        b.Accumulate(0, b.Add(gradient, b.OutputGradient(0), gradient.ReadsOutput ? b.Output(0) : b.Input(0)));
    }

    public override void Write(OnnxAttributes a)
    {
        a.Set("alpha", Alpha);
        a.Set("gamma", Gamma);
    }
}

/// <summary><c>dx = y &gt; 0 ? γ dy : dy (y + γ α)</c> with y; with x, where it can't be told from y, <c>dx = x &gt; 0 ? γ dy : dy γ α eˣ</c>. Inputs: dy, and y or x.</summary>
public sealed class SeluGradient : UnaryGradient
{
    public required float Alpha { get; init; }

    public required float Gamma { get; init; }

    /// <summary>Whether the second input is y.</summary>
    public bool ReadsOutput => Gamma > 0 && Alpha >= 0;
}
