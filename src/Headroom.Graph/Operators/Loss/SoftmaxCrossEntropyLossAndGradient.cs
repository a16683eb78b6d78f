namespace Headroom.Graph.Operators;

/// <summary>
/// <see cref="SoftmaxCrossEntropyLossTraining"/> and its gradient in one visit to each row, over the scores' own buffer where nobody reads them later: what a training step needs, whose loss has the gradient 1.
/// Inputs: scores <c>[rows, classes]</c> in fp32 or bf16, labels. Outputs: the loss, fp32; the gradient by the scores.
/// </summary>
public sealed class SoftmaxCrossEntropyLossAndGradient : CrossEntropyOperator
{
    public SoftmaxCrossEntropyLossAndGradient() { }

    internal SoftmaxCrossEntropyLossAndGradient(CrossEntropyOperator other) : base(other) { }

    public override string Domain => "headroom";

    public override TensorType[] Infer(Signature s)
    {
        Check(s, 0, 2);
        if (!Takes(s.Input(0)) || s.Has(2) || Reduction == LossReduction.None) throw new GraphException($"takes fp32 or bf16 [rows, classes] without class weights and reduces them; the scores are {s.Input(0)}");
        return [new TensorType(ElementType.Float32), s.Input(0)];
    }

    public override ElementType OutputElement(int output, ReadOnlySpan<ElementType> inputs) => output == 0 ? ElementType.Float32 : inputs[0];

    // One exponential serves both.
    public override Cost Cost(Signature s) => new(12.0 * s.Input(0).Elements, s.InputBytes, s.OutputBytes);

    public override int MayOverwrite(int output) => output == 1 ? 0 : -1;

    internal static bool Takes(TensorType scores) => scores.Rank == 2 && scores.Element is (ElementType.Float32 or ElementType.BFloat16);
}
