using System.Collections.Immutable;
using Headroom.Graph.Onnx;

namespace Headroom.Graph.Operators;

/// <summary>
/// Gated recurrent unit: <c>z, r = f(W x + R h + b)</c>, <c>n = g(W x + R (r ∘ h) + b)</c> or, with <see cref="GRUOperator.LinearBeforeReset"/>, <c>n = g(W x + b_W + r ∘ (R h + b_R))</c>,
/// <c>h' = (1 - z) ∘ n + z ∘ h</c>; the gates stand in the order z, r, n.
/// </summary>
/// <remarks>ONNX <c>GRU</c>, opset 7 (14 brought the batch-first layout). Cho et al., arXiv:1406.1078; the second form is cuDNN's.</remarks>
[OnnxOperator(7)]
public sealed class GRU : GRUOperator
{
    public static Operator Read(OnnxAttributes a) => new GRU
    {
        Direction = ReadDirection(a), BatchFirst = ReadLayout(a), Clip = a.Float("clip", 0), HiddenSize = a.Int("hidden_size", 0), Activations = RecurrentActivation.Read(a), LinearBeforeReset = a.Flag("linear_before_reset"),
    };

    public override void Gradient(Backward b) => Accumulate(b, new GRUGradient(this));

    public override void Write(OnnxAttributes a)
    {
        base.Write(a);
        if (LinearBeforeReset) a.Set("linear_before_reset", true);
    }
}

/// <summary>The gradients of <see cref="GRU"/>, back through time. Inputs: its six inputs, what it kept, and the gradients of its two outputs. Outputs: one an input.</summary>
public sealed class GRUGradient : GRUOperator
{
    public GRUGradient() { }

    internal GRUGradient(GRUOperator other) : base(other) { }

    public override string Domain => "headroom";

    public override TensorType[] Infer(Signature s) => GradientTypes(s);

    public override ElementType OutputElement(int output, ReadOnlySpan<ElementType> inputs) => inputs[0];

    public override Cost Cost(Signature s) => new(2 * Flops(s), s.InputBytes, s.OutputBytes);
}

/// <summary>What a GRU and its gradient share.</summary>
public abstract class GRUOperator : RecurrentOperator
{
    protected GRUOperator() { }

    protected GRUOperator(GRUOperator other) : base(other) => LinearBeforeReset = other.LinearBeforeReset;

    /// <summary>The reset gate scales the product with the state, not the state itself.</summary>
    public bool LinearBeforeReset { get; init; }

    public override int Gates => 3;

    // Three sums before the gates, R h + b (or r ∘ h), hidden state.
    public override int Kept => 5;

    protected override ImmutableArray<RecurrentActivation> Defaults { get; } = [new(ActivationKind.Sigmoid), new(ActivationKind.Tanh)];
}
