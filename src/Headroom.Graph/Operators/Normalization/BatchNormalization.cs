using System.Collections.Immutable;
using Headroom.Graph.Onnx;

namespace Headroom.Graph.Operators;

/// <summary>
/// Batch normalization with fixed statistics: <c>y = (x - mean) / √(variance + ε) · scale + bias</c>, channel by channel.
/// Inputs: x <c>[batch, channels, ...]</c> (or <c>[batch]</c>, one channel), scale, bias, mean, variance, each <c>[channels]</c>. In a training step it becomes <see cref="BatchNormalizationTraining"/>.
/// </summary>
/// <remarks>ONNX <c>BatchNormalization</c>, opset 15 (whose inference form opset 9 had already). Ioffe and Szegedy, arXiv:1502.03167, algorithm 2.</remarks>
[OnnxOperator(9)]
public sealed class BatchNormalization : Operator
{
    public float Epsilon { get; init; } = 1e-5f;

    /// <summary>ONNX's: <c>running = running · Momentum + batch · (1 - Momentum)</c>; PyTorch's momentum is one minus this.</summary>
    public float Momentum { get; init; } = 0.9f;

    /// <summary>Takes the batch's own statistics in any use, and gives two outputs more: the mean and variance that were put in, moved towards the batch's (its variance divided by n, as ONNX has it).</summary>
    public bool TrainingMode { get; init; }

    public static Operator Read(OnnxAttributes a) => new BatchNormalization { Epsilon = a.Float("epsilon", 1e-5f), Momentum = a.Float("momentum", 0.9f), TrainingMode = a.Flag("training_mode") };

    public override TensorType[] Infer(Signature s)
    {
        BatchNormRules.Check(s, Epsilon);
        if (TrainingMode) return [s.Input(0), s.Input(3), s.Input(4)];
        if (Enumerable.Range(1, 4).Any(s.Wants)) throw new GraphException("only the first output exists in the inference form; the others need training_mode");
        return [s.Input(0)];
    }

    public override ElementType OutputElement(int output, ReadOnlySpan<ElementType> inputs) => inputs[output == 0 ? 0 : 3];

    public override Cost Cost(Signature s) => Graph.Cost.Elementwise(s, TrainingMode ? 7 : 2);

    public override int MayOverwrite(int output) => output == 0 ? 0 : -1;

    public override void Train(TrainingRewrite r)
    {
        ImmutableArray<Value> o = r.Node.Outputs;
        string y = o[0].Name;
        Value Named(int i, string name) => i < o.Length && o[i].Exists ? o[i] : new($"{y}.{name}");
        Value mean = Named(1, "running_mean"), variance = Named(2, "running_variance");
        var training = new BatchNormalizationTraining { Epsilon = Epsilon, Momentum = Momentum, Population = TrainingMode };
        r.Replace(training, r.Node.Inputs, [o[0], mean, variance, new($"{y}.mean"), new($"{y}.inverse_deviation")]);
        r.Update(r.Node.Inputs[3], mean);
        r.Update(r.Node.Inputs[4], variance);
    }

    public override void Gradient(Backward b)
    {
        if (!b.OutputGradient(0).Exists) return;
        if (TrainingMode)
        {
            // The running statistics have no gradient in ONNX; the batch's are made again.
            ImmutableArray<Value> again = b.AddMany(new BatchNormalizationTraining { Epsilon = Epsilon, Momentum = Momentum, Population = true }, 5, b.Input(0), b.Input(1), b.Input(2), b.Input(3), b.Input(4));
            ImmutableArray<Value> through = b.AddMany(new BatchNormalizationGradient { Epsilon = Epsilon }, 3, b.OutputGradient(0), b.Input(0), b.Input(1), again[3], again[4]);
            for (int i = 0; i < 3; i++) if (b.Needs(i)) b.Accumulate(i, through[i]);
            return;
        }
        if (b.Needs(3) || b.Needs(4)) throw new GraphException("the running statistics of a batch normalization have no gradient; don't train them");
        ImmutableArray<Value> g = b.AddMany(new BatchNormalizationGradient { Epsilon = Epsilon, Frozen = true }, 3, b.OutputGradient(0), b.Input(0), b.Input(1), b.Input(3), b.Input(4));
        for (int i = 0; i < 3; i++) if (b.Needs(i)) b.Accumulate(i, g[i]);
    }

    public override void Write(OnnxAttributes a)
    {
        a.Set("epsilon", Epsilon);
        a.Set("momentum", Momentum);
        if (TrainingMode) a.Set("training_mode", true);
    }

    public override void Export(OnnxExport e)
    {
        if (TrainingMode && e.Opset < 14) throw new GraphException("training_mode needs opset 14 or later; export with --opset 14");
        base.Export(e);
    }
}

internal static class BatchNormRules
{
    /// <summary>The type of a statistic: fp32, or fp64 beside fp64.</summary>
    public static TensorType Statistic(TensorType x) => new(x.Element == ElementType.Float64 ? ElementType.Float64 : ElementType.Float32, Channels(x));

    /// <summary>Whether our kernel takes it, which normalizes, adds and rectifies in one visit: pictures in fp32 or bf16, parameters and statistics in fp32.</summary>
    public static bool IsFused(TensorType x, params ReadOnlySpan<TensorType> parameters)
    {
        foreach (TensorType p in parameters) if (p.Element != ElementType.Float32) return false;
        return x.Rank == 4 && x.Elements > 0 && x.Element is ElementType.Float32 or ElementType.BFloat16;
    }

    /// <summary>A tensor of one axis has one channel.</summary>
    public static long Channels(TensorType x) => x.Rank == 1 ? 1 : x.Shape[1];

    public static void Check(Signature s, float epsilon)
    {
        TensorType x = s.Input(0);
        if (!x.Element.IsFloat()) throw new GraphException($"the input is {x}; normalization takes floats: cast it");
        if (x.Rank < 1) throw new GraphException($"the input {x} must be [batch, channels, ...]");
        if (!(epsilon > 0)) throw new GraphException($"epsilon is {epsilon}; it must be greater than 0");
        TensorType wanted = Statistic(x);
        string[] names = ["", "scale", "bias", "mean", "variance"];
        for (int i = 1; i <= 4; i++)
        {
            if (s.Input(i).Shape != wanted.Shape || !s.Input(i).Element.IsFloat()) throw new GraphException($"'{names[i]}' is {s.Input(i)}; with an input {x}, {wanted} is needed");
            if (i % 2 == 0) s.RequireSameElement(i - 1, i);
        }
    }
}
