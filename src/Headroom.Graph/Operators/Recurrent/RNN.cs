using System.Collections.Immutable;
using Headroom.Graph.Onnx;

namespace Headroom.Graph.Operators;

/// <summary>The simple recurrent layer, <c>h' = f(W x + R h + b)</c>.</summary>
/// <remarks>ONNX <c>RNN</c>, opset 7 (14 brought the batch-first layout). Elman, 1990, doi:10.1207/s15516709cog1402_1.</remarks>
[OnnxOperator(7)]
public sealed class RNN : RNNOperator
{
    public static Operator Read(OnnxAttributes a) => new RNN
    {
        Direction = ReadDirection(a), BatchFirst = ReadLayout(a), Clip = a.Float("clip", 0), HiddenSize = a.Int("hidden_size", 0), Activations = RecurrentActivation.Read(a),
    };

    public override void Gradient(Backward b) => Accumulate(b, new RNNGradient(this));
}

/// <summary>The gradients of <see cref="RNN"/>, back through time. Inputs: its six inputs, what it kept, and the gradients of its two outputs. Outputs: one an input.</summary>
public sealed class RNNGradient : RNNOperator
{
    public RNNGradient() { }

    internal RNNGradient(RNNOperator other) : base(other) { }

    public override string Domain => "headroom";

    public override TensorType[] Infer(Signature s) => GradientTypes(s);

    public override ElementType OutputElement(int output, ReadOnlySpan<ElementType> inputs) => inputs[0];

    public override Cost Cost(Signature s) => new(2 * Flops(s), s.InputBytes, s.OutputBytes);
}

/// <summary>What a simple recurrent layer and its gradient share.</summary>
public abstract class RNNOperator : RecurrentOperator
{
    protected RNNOperator() { }

    protected RNNOperator(RNNOperator other) : base(other) { }

    public override int Gates => 1;

    // The sum before the activation, hidden state.
    public override int Kept => 2;

    protected override ImmutableArray<RecurrentActivation> Defaults { get; } = [new(ActivationKind.Tanh)];
}
