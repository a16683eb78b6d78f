using System.Collections.Immutable;
using Headroom.Graph.Onnx;

namespace Headroom.Graph.Operators;

/// <summary>
/// Softmax and negative log-likelihood in one: <c>log Σ e^z - z[label]</c> for each row, then the mean, the sum, or all of them. The second output, optional, holds the log-probabilities.
/// The loss has the scores' type, rounded once at the end; a mean over no row is NaN, as in PyTorch.
/// </summary>
/// <remarks>ONNX <c>SoftmaxCrossEntropyLoss</c>, opset 13. In training it is <see cref="SoftmaxCrossEntropyLossTraining"/>, whose loss is fp32. A label outside the classes, other than the ignored one, stops the run and names its row.</remarks>
[OnnxOperator(13)]
public sealed class SoftmaxCrossEntropyLoss : CrossEntropyOperator
{
    public static Operator Read(OnnxAttributes a) => new SoftmaxCrossEntropyLoss { IgnoreIndex = IgnoreIndexOf(a), Reduction = ReductionOf(a) };

    // Where it stays in a training step, for its log-probabilities, bf16 scores would give a bf16 loss.
    public override Precision Precision => Precision.Full;

    public override TensorType[] Infer(Signature s)
    {
        Shape rows = Check(s, 0, 2);
        return [new TensorType(s.Input(0).Element, Reduction == LossReduction.None ? rows : Shape.Scalar), s.Input(0)];
    }

    public override Cost Cost(Signature s) => new(10.0 * s.Input(0).Elements, s.InputBytes, s.OutputBytes);

    public override void Train(TrainingRewrite r)
    {
        if (r.Node.Outputs.Length > 1 && r.Node.Outputs[1].Exists)
        {
            r.Keep();
            return;
        }
        Value loss = r.Node.Outputs[0];
        r.Replace(new SoftmaxCrossEntropyLossTraining(this), r.Node.Inputs, [loss, new Value($"{loss}.log_sum_exp")]);
    }

    public override void Gradient(Backward b)
    {
        if (b.OutputGradient(1).Exists) b.Accumulate(0, b.Add(new LogSoftmaxGradient { Axis = 1 }, b.OutputGradient(1), b.Output(1)));
        if (!b.OutputGradient(0).Exists) return;
        // A node in its inference form kept no log-sum-exp: it is made again.
        ImmutableArray<Value> again = b.AddMany(new SoftmaxCrossEntropyLossTraining(this), 2, b.Input(0), b.Input(1), b.Input(2));
        SoftmaxCrossEntropyLossGradient.Accumulate(b, this, again[1]);
    }
}

/// <summary><see cref="SoftmaxCrossEntropyLoss"/> in a training step. Outputs: the loss, and each row's <c>log Σ e^z</c>, kept for the gradient; both fp32 (fp64 beside fp64 scores), whatever the scores are.</summary>
public sealed class SoftmaxCrossEntropyLossTraining : CrossEntropyOperator
{
    public SoftmaxCrossEntropyLossTraining() { }

    internal SoftmaxCrossEntropyLossTraining(CrossEntropyOperator other) : base(other) { }

    public override string Domain => "headroom";

    public override TensorType[] Infer(Signature s)
    {
        Shape rows = Check(s, 0, 2);
        ElementType element = LossType(s.Input(0));
        return [new TensorType(element, Reduction == LossReduction.None ? rows : Shape.Scalar), new TensorType(element, rows)];
    }

    public override ElementType OutputElement(int output, ReadOnlySpan<ElementType> inputs) => inputs[0] == ElementType.Float64 ? inputs[0] : ElementType.Float32;

    public override Cost Cost(Signature s) => new(10.0 * s.Input(0).Elements, s.InputBytes, s.OutputBytes);

    public override void Gradient(Backward b) => SoftmaxCrossEntropyLossGradient.Accumulate(b, this, b.Output(1));
}

/// <summary>The gradient by the scores, <c>(softmax(z) - onehot(label)) · weight · dloss</c>, over the scores' own buffer where nobody reads them later. Inputs: dloss (of the type that training's loss has), scores, labels, log-sum-exp, weights (optional).</summary>
public sealed class SoftmaxCrossEntropyLossGradient : CrossEntropyOperator
{
    public SoftmaxCrossEntropyLossGradient() { }

    internal SoftmaxCrossEntropyLossGradient(CrossEntropyOperator other) : base(other) { }

    public override string Domain => "headroom";

    public override int MayOverwrite(int output) => 1;

    public override TensorType[] Infer(Signature s)
    {
        Check(s, 1, 4);
        return [s.Input(1)];
    }

    public override Cost Cost(Signature s) => new(8.0 * s.Input(1).Elements, s.InputBytes, s.OutputBytes);

    internal static void Accumulate(Backward b, CrossEntropyOperator forward, Value logSumExp)
    {
        if (b.Needs(2)) throw new GraphException("class weights have no gradient; don't train them");
        Value loss = b.OutputGradient(0);
        if (!loss.Exists) return;
        // The loss of the inference form has the scores' type.
        if (b.Type(loss).Element != b.Type(logSumExp).Element) loss = b.Add(new Cast { To = b.Type(logSumExp).Element }, loss);
        b.Accumulate(0, b.Add(new SoftmaxCrossEntropyLossGradient(forward), loss, b.Input(0), b.Input(1), logSumExp, b.Input(2)));
    }
}
