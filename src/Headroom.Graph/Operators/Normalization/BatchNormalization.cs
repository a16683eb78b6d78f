using System.Collections.Immutable;
using Headroom.Graph.Onnx;

namespace Headroom.Graph.Operators;

/// <summary>
/// Batch normalization with fixed statistics: <c>y = (x - mean) / √(variance + ε) · scale + bias</c>, channel by channel.
/// Inputs: x <c>[batch, channels, ...]</c>, scale, bias, mean, variance, each <c>[channels]</c>. In a training step it becomes <see cref="BatchNormalizationTraining"/>.
/// </summary>
/// <remarks>ONNX <c>BatchNormalization</c>, opset 15 in its inference form (which opset 9 had already). Ioffe and Szegedy, arXiv:1502.03167, algorithm 2.</remarks>
[OnnxOperator(9)]
public sealed class BatchNormalization : Operator
{
    public float Epsilon { get; init; } = 1e-5f;

    /// <summary>ONNX's: <c>running = running · Momentum + batch · (1 - Momentum)</c>; PyTorch's momentum is one minus this.</summary>
    public float Momentum { get; init; } = 0.9f;

    public static Operator Read(OnnxAttributes a)
    {
        if (a.Flag("training_mode")) throw new GraphException("training_mode is on in the file; export the model for inference: Headroom puts it into its training form itself");
        return new BatchNormalization { Epsilon = a.Float("epsilon", 1e-5f), Momentum = a.Float("momentum", 0.9f) };
    }

    public override TensorType[] Infer(Signature s)
    {
        BatchNormRules.Check(s, Epsilon);
        if (Enumerable.Range(1, 4).Any(s.Wants)) throw new GraphException("only the first output exists in the inference form");
        return [s.Input(0)];
    }

    public override Cost Cost(Signature s) => Graph.Cost.Elementwise(s, 2);

    public override int MayOverwrite(int output) => 0;

    public override void Train(TrainingRewrite r)
    {
        string y = r.Node.Outputs[0].Name;
        Value mean = new($"{y}.running_mean"), variance = new($"{y}.running_variance");
        r.Replace(new BatchNormalizationTraining { Epsilon = Epsilon, Momentum = Momentum }, r.Node.Inputs, [r.Node.Outputs[0], mean, variance, new($"{y}.mean"), new($"{y}.inverse_deviation")]);
        r.Update(r.Node.Inputs[3], mean);
        r.Update(r.Node.Inputs[4], variance);
    }

    public override void Gradient(Backward b)
    {
        if (b.Needs(3) || b.Needs(4)) throw new GraphException("the running statistics of a batch normalization have no gradient; don't train them");
        ImmutableArray<Value> g = b.AddMany(new BatchNormalizationGradient { Epsilon = Epsilon, Frozen = true }, 3, b.OutputGradient(0), b.Input(0), b.Input(1), b.Input(3), b.Input(4));
        for (int i = 0; i < 3; i++) if (b.Needs(i)) b.Accumulate(i, g[i]);
    }

    public override void Write(OnnxAttributes a)
    {
        a.Set("epsilon", Epsilon);
        a.Set("momentum", Momentum);
    }
}

/// <summary>
/// Batch normalization by the batch's own statistics, which also move the running ones. Inputs as <see cref="BatchNormalization"/>'s.
/// Outputs: y; running mean and running variance, which replace the states; the batch's mean and <c>1 / √(variance + ε)</c>, kept for the gradient.
/// </summary>
/// <remarks>
/// Ioffe and Szegedy, arXiv:1502.03167, algorithm 1. y is made with the batch's biased variance (divided by n); the running variance moves towards the unbiased one (divided by n - 1), as PyTorch does.
/// ONNX's own training mode would move it towards the biased one; people compare with PyTorch, so its convention is taken.
/// </remarks>
public sealed class BatchNormalizationTraining : Operator
{
    public float Epsilon { get; init; } = 1e-5f;

    /// <summary>ONNX's: what the running statistics keep.</summary>
    public float Momentum { get; init; } = 0.9f;

    public override string Domain => "headroom";

    public override TensorType[] Infer(Signature s)
    {
        BatchNormRules.Check(s, Epsilon);
        if (Momentum is < 0 or > 1 or float.NaN) throw new GraphException($"momentum is {Momentum}; it lies between 0 and 1");
        TensorType x = s.Input(0);
        if (x.Elements / Math.Max(1, x.Shape[1]) < 2) throw new GraphException($"a batch of {x} has one value a channel, and no variance; train with a larger batch");
        TensorType saved = BatchNormRules.Statistic(x);
        return [x, s.Input(3), s.Input(4), saved, saved];
    }

    public override Cost Cost(Signature s) => new(7.0 * s.Input(0).Elements, s.InputBytes, s.OutputBytes);

    public override int Updates(int output) => output switch { 1 => 3, 2 => 4, _ => -1 };

    public override ElementType OutputElement(int output, ReadOnlySpan<ElementType> inputs) => inputs[output == 0 ? 0 : 3];

    public override void Gradient(Backward b)
    {
        ImmutableArray<Value> g = b.AddMany(new BatchNormalizationGradient { Epsilon = Epsilon }, 3, b.OutputGradient(0), b.Input(0), b.Input(1), b.Output(3), b.Output(4));
        for (int i = 0; i < 3; i++) if (b.Needs(i)) b.Accumulate(i, g[i]);
    }
}

/// <summary>
/// The gradients of batch normalization. Inputs: dy, x, scale, mean, and the batch's <c>1 / √(variance + ε)</c> or, where <see cref="Frozen"/>, the fixed variance. Outputs: dx, dscale, dbias.
/// </summary>
/// <remarks>With x̂ the normalized input: <c>dx = scale · r · (dy - mean(dy) - x̂ · mean(dy · x̂))</c>; with fixed statistics <c>dx = scale · r · dy</c>.</remarks>
public sealed class BatchNormalizationGradient : Operator
{
    public float Epsilon { get; init; } = 1e-5f;

    /// <summary>The statistics were fixed, not the batch's.</summary>
    public bool Frozen { get; init; }

    public override string Domain => "headroom";

    public override TensorType[] Infer(Signature s) => [s.Input(1), s.Input(2), s.Input(2)];

    public override Cost Cost(Signature s) => new(11.0 * s.Input(1).Elements, s.InputBytes + s.Input(0).Bytes + s.Input(1).Bytes, s.OutputBytes);
}

internal static class BatchNormRules
{
    /// <summary>The type of a statistic: fp32, or fp64 beside fp64.</summary>
    public static TensorType Statistic(TensorType x) => new(x.Element == ElementType.Float64 ? ElementType.Float64 : ElementType.Float32, x.Shape[1]);

    public static void Check(Signature s, float epsilon)
    {
        TensorType x = s.Input(0);
        if (!x.Element.IsFloat()) throw new GraphException($"the input is {x}; normalization takes floats: cast it");
        if (x.Rank < 2) throw new GraphException($"the input {x} must be [batch, channels, ...]");
        if (!(epsilon > 0)) throw new GraphException($"epsilon is {epsilon}; it must be greater than 0");
        TensorType wanted = Statistic(x);
        string[] names = ["", "scale", "bias", "mean", "variance"];
        for (int i = 1; i <= 4; i++)
            if (s.Input(i) != wanted) throw new GraphException($"'{names[i]}' is {s.Input(i)}; with an input {x}, {wanted} is needed");
    }
}
