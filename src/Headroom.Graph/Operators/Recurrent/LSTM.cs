using System.Collections.Immutable;
using Headroom.Graph.Onnx;

namespace Headroom.Graph.Operators;

/// <summary>
/// Long short-term memory: <c>i, f, o = f(W x + R h + P ∘ c + b)</c>, <c>c' = f ∘ c + i ∘ g(W x + R h + b)</c>, <c>h' = o ∘ h(c')</c>; the gates stand in the order i, o, f, c, and o looks at the new cell state.
/// Inputs beside the common ones: the initial cell state, and peepholes P <c>[directions, 3 · hidden]</c> (i, o, f). Outputs: all hidden states, the last hidden and the last cell state.
/// </summary>
/// <remarks>ONNX <c>LSTM</c>, opset 7 (14 brought the batch-first layout). Hochreiter and Schmidhuber, 1997, doi:10.1162/neco.1997.9.8.1735; peepholes: Gers et al., 2002.</remarks>
[OnnxOperator(7)]
public sealed class LSTM : LSTMOperator
{
    public static Operator Read(OnnxAttributes a) => new LSTM
    {
        Direction = ReadDirection(a), BatchFirst = ReadLayout(a), Clip = a.Float("clip", 0), HiddenSize = a.Int("hidden_size", 0), Activations = RecurrentActivation.Read(a), InputForget = a.Flag("input_forget"),
    };

    public override void Gradient(Backward b) => Accumulate(b, new LSTMGradient(this));

    public override void Write(OnnxAttributes a)
    {
        base.Write(a);
        if (InputForget) a.Set("input_forget", true);
    }
}

/// <summary>The gradients of <see cref="LSTM"/>, back through time. Inputs: its eight inputs, what it kept, and the gradients of its three outputs. Outputs: one an input.</summary>
public sealed class LSTMGradient : LSTMOperator
{
    public LSTMGradient() { }

    internal LSTMGradient(LSTMOperator other) : base(other) { }

    public override string Domain => "headroom";

    public override TensorType[] Infer(Signature s) => GradientTypes(s);

    public override ElementType OutputElement(int output, ReadOnlySpan<ElementType> inputs) => inputs[0];

    public override Cost Cost(Signature s) => new(2 * Flops(s), s.InputBytes, s.OutputBytes);
}

/// <summary>What an LSTM and its gradient share.</summary>
public abstract class LSTMOperator : RecurrentOperator
{
    protected LSTMOperator() { }

    protected LSTMOperator(LSTMOperator other) : base(other) => InputForget = other.InputForget;

    /// <summary>The forget gate is one minus the input gate.</summary>
    public bool InputForget { get; init; }

    public override int Gates => 4;

    public override int States => 2;

    // Four sums before the gates, cell state, hidden state.
    public override int Kept => 6;

    protected override ImmutableArray<RecurrentActivation> Defaults { get; } = [new(ActivationKind.Sigmoid), new(ActivationKind.Tanh), new(ActivationKind.Tanh)];
}
