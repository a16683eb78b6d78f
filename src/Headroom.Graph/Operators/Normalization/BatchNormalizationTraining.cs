using System.Collections.Immutable;

namespace Headroom.Graph.Operators;

/// <summary>
/// Batch normalization by the batch's own statistics, which also move the running ones. Inputs as <see cref="BatchNormalization"/>'s.
/// With the residual (input 5, of x's type; optional) added to y and a ReLU after both where a fusion asks for them.
/// Outputs: y; running mean and running variance, which replace the states; the batch's mean and <c>1 / √(variance + ε)</c>, kept for the gradient.
/// </summary>
/// <remarks>
/// Ioffe and Szegedy, arXiv:1502.03167, algorithm 1. y is made with the batch's biased variance (divided by n); the running variance moves towards the unbiased one (divided by n - 1), as PyTorch does.
/// ONNX's own training mode moves it towards the biased one; people compare with PyTorch, so its convention is taken where a file doesn't ask for ONNX's (<see cref="Population"/>).
/// </remarks>
public sealed class BatchNormalizationTraining : Operator
{
    public float Epsilon { get; init; } = 1e-5f;

    /// <summary>ONNX's: what the running statistics keep.</summary>
    public float Momentum { get; init; } = 0.9f;

    /// <summary>The running variance moves towards the biased one, as in ONNX's training mode.</summary>
    public bool Population { get; init; }

    /// <summary>What is negative becomes 0, the residual counted in.</summary>
    public bool Relu { get; init; }

    public override string Domain => "headroom";

    public override TensorType[] Infer(Signature s)
    {
        BatchNormRules.Check(s, Epsilon);
        if (Momentum is < 0 or > 1 or float.NaN) throw new GraphException($"momentum is {Momentum}; it lies between 0 and 1");
        TensorType x = s.Input(0);
        if (!Population && x.Elements / Math.Max(1, BatchNormRules.Channels(x)) < 2) throw new GraphException($"a batch of {x} has one value a channel, and no variance; train with a larger batch");
        if ((Relu || s.Has(5)) && !IsFused(s)) throw new GraphException($"can't be fused over an input of {x} with these parameters");
        if (s.Has(5) && s.Input(5) != x) throw new GraphException($"the residual is {s.Input(5)}, the input {x}");
        TensorType saved = BatchNormRules.Statistic(x);
        return [x, s.Input(3), s.Input(4), saved, saved];
    }

    public override Cost Cost(Signature s) => new(7.0 * s.Input(0).Elements, s.InputBytes, s.OutputBytes);

    // A residual that nobody reads later gives its place to y.
    public override int MayOverwrite(int output) => output == 0 ? 5 : -1;

    public override LayoutPorts Layout(Signature s) => IsFused(s) ? new LayoutPorts { InputsAlike = s.Has(5) ? [0, 5] : [0], OutputsAlike = [0] } : LayoutPorts.RowMajor;

    /// <summary>Whether one visit can do it all (see <see cref="BatchNormRules.IsFused"/>).</summary>
    internal bool IsFused(Signature s) => !Population && BatchNormRules.IsFused(s.Input(0), [s.Input(1), s.Input(2), s.Input(3), s.Input(4)]);

    public override int Updates(int output) => output switch { 1 => 3, 2 => 4, _ => -1 };

    public override bool ReadsOnlyToUpdate(int input) => input is 3 or 4;

    public override ElementType OutputElement(int output, ReadOnlySpan<ElementType> inputs) => inputs[output == 0 ? 0 : 3];

    public override void Gradient(Backward b)
    {
        Value[] inputs = [b.OutputGradient(0), b.Input(0), b.Input(1), b.Output(3), b.Output(4)];
        ImmutableArray<Value> g = b.AddMany(new BatchNormalizationGradient { Epsilon = Epsilon, Relu = Relu }, b.Input(5).Exists ? 4 : 3, Relu ? [.. inputs, b.Output(0)] : inputs);
        for (int i = 0; i < 3; i++) if (b.Needs(i)) b.Accumulate(i, g[i]);
        if (b.Needs(5)) b.Accumulate(5, g[3]);
    }
}

/// <summary>
/// The gradients of batch normalization. Inputs: dy, x, scale, mean, and the batch's <c>1 / √(variance + ε)</c> or, where <see cref="Frozen"/>, the fixed variance. After a ReLU also y (input 5), whose sign is its mask.
/// A second gradient of y (input 6), where it is read twice, is added to the first. Outputs: dx, dscale, dbias, and the residual's gradient, which is dy behind the mask.
/// </summary>
/// <remarks>With x̂ the normalized input: <c>dx = scale · r · (dy - mean(dy) - x̂ · mean(dy · x̂))</c>; with fixed statistics <c>dx = scale · r · dy</c>.</remarks>
public sealed class BatchNormalizationGradient : Operator
{
    public float Epsilon { get; init; } = 1e-5f;

    /// <summary>A ReLU followed.</summary>
    public bool Relu { get; init; }

    /// <summary>The statistics were fixed, not the batch's.</summary>
    public bool Frozen { get; init; }

    public override string Domain => "headroom";

    public override TensorType[] Infer(Signature s)
    {
        if ((Relu || s.Has(6)) && (Frozen || !IsFused(s))) throw new GraphException($"can't be fused over an input of {s.Input(1)} with these parameters");
        return [s.Input(1), s.Input(2), s.Input(2), s.Input(1)];
    }

    // x is read for the last time here, mostly; masked, dy is the residual's gradient.
    public override int MayOverwrite(int output) => output switch { 0 => 1, 3 => 0, _ => -1 };

    public override LayoutPorts Layout(Signature s)
    {
        if (Frozen || !IsFused(s)) return LayoutPorts.RowMajor;
        return new LayoutPorts { InputsAlike = [.. new[] { 0, 1, 5, 6 }.Where(s.Has)], OutputsAlike = [.. new[] { 0, 3 }.Where(s.Wants)] };
    }

    internal static bool IsFused(Signature s) => BatchNormRules.IsFused(s.Input(1), [s.Input(2), s.Input(3), s.Input(4)]);

    public override Cost Cost(Signature s) => new(11.0 * s.Input(1).Elements, s.InputBytes + s.Input(0).Bytes + s.Input(1).Bytes, s.OutputBytes);
}

