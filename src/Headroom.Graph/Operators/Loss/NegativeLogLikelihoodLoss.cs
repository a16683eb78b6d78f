using Headroom.Graph.Onnx;

namespace Headroom.Graph.Operators;

/// <summary>
/// Negative log-likelihood of the labels, <c>-w[label] · x[label]</c> for each row of log-probabilities, then the mean (over the weights of the rows that count), the sum, or all of them.
/// The loss has the type of the log-probabilities; a mean over no row is NaN, as in PyTorch.
/// </summary>
/// <remarks>ONNX <c>NegativeLogLikelihoodLoss</c>, opset 13. A label outside the classes, other than the ignored one, stops the run and names its row.</remarks>
[OnnxOperator(13)]
public sealed class NegativeLogLikelihoodLoss : CrossEntropyOperator
{
    public static Operator Read(OnnxAttributes a) => new NegativeLogLikelihoodLoss { IgnoreIndex = IgnoreIndexOf(a), Reduction = ReductionOf(a) };

    public override Precision Precision => Precision.Full;

    public override TensorType[] Infer(Signature s)
    {
        Shape rows = Check(s, 0, 2);
        return [new TensorType(s.Input(0).Element, Reduction == LossReduction.None ? rows : Shape.Scalar)];
    }

    // One element of each row is read.
    public override Cost Cost(Signature s) => new(2.0 * s.Input(1).Elements, s.Input(1).Elements * s.Input(0).Element.Size() + s.Input(1).Bytes, s.OutputBytes);

    public override void Gradient(Backward b)
    {
        if (b.Needs(2)) throw new GraphException("class weights have no gradient; don't train them");
        b.Accumulate(0, b.Add(new NegativeLogLikelihoodLossGradient(this), b.OutputGradient(0), b.Input(0), b.Input(1), b.Input(2)));
    }
}

/// <summary>The gradient by the log-probabilities: <c>-w[label] · dloss</c> at each row's label, 0 elsewhere. Inputs: dloss, log-probabilities (their shape alone is read), labels, weights (optional).</summary>
public sealed class NegativeLogLikelihoodLossGradient : CrossEntropyOperator
{
    public NegativeLogLikelihoodLossGradient() { }

    internal NegativeLogLikelihoodLossGradient(CrossEntropyOperator other) : base(other) { }

    public override string Domain => "headroom";

    public override int MayOverwrite(int output) => 1;

    public override TensorType[] Infer(Signature s)
    {
        Check(s, 1, 3);
        return [s.Input(1)];
    }

    public override Cost Cost(Signature s) => new(s.Input(2).Elements, s.Input(2).Bytes, s.OutputBytes);
}
