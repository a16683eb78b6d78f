using Headroom.Graph.Onnx;

namespace Headroom.Graph.Operators;

/// <summary>
/// Local response normalization across channels: <c>y = x / (bias + α / size · s)^β</c>, s the sum of the squares of the <see cref="Size"/> channels around each one:
/// <c>⌊(size - 1) / 2⌋</c> before it, <c>⌈(size - 1) / 2⌉</c> behind it. Input <c>[batch, channels, ...]</c>.
/// </summary>
/// <remarks>ONNX <c>LRN</c>, opset 1. Krizhevsky, Sutskever and Hinton, ImageNet Classification with Deep Convolutional Neural Networks, section 3.3.</remarks>
[OnnxOperator(1)]
public sealed class LRN : Operator
{
    public float Alpha { get; init; } = 1e-4f;

    public float Beta { get; init; } = 0.75f;

    public float Bias { get; init; } = 1;

    public required long Size { get; init; }

    /// <summary>Channels of the sum before a channel.</summary>
    public long Before => (Size - 1) / 2;

    /// <summary>Channels of the sum behind a channel.</summary>
    public long After => Size / 2;

    public static Operator Read(OnnxAttributes a) => new LRN { Alpha = a.Float("alpha", 1e-4f), Beta = a.Float("beta", 0.75f), Bias = a.Float("bias", 1), Size = a.Int("size", 0) };

    public override TensorType[] Infer(Signature s)
    {
        TensorType x = s.Input(0);
        if (!x.Element.IsFloat()) throw new GraphException($"the input is {x}; normalization takes floats: cast it");
        if (x.Rank < 2) throw new GraphException($"the input {x} must be [batch, channels, ...]");
        if (Size < 1) throw new GraphException($"size is {Size}; a sum runs over 1 channel or more");
        return [x];
    }

    public override Cost Cost(Signature s) => new((double)s.Input(0).Elements * (2 * Math.Min(Size, s.Input(0).Shape[1]) + 20), s.InputBytes, s.OutputBytes);

    public override void Gradient(Backward b) => b.Accumulate(0, b.Add(new LRNGradient(this), b.OutputGradient(0), b.Input(0)));

    public override void Write(OnnxAttributes a)
    {
        a.Set("alpha", Alpha);
        a.Set("beta", Beta);
        a.Set("bias", Bias);
        a.Set("size", Size);
    }
}

/// <summary>The gradient of <see cref="LRN"/>. Inputs: dy, x.</summary>
/// <remarks>With t = bias + α / size · s: <c>dx_c = dy_c · t_c^-β - 2αβ / size · x_c · Σ dy_k · x_k · t_k^(-β - 1)</c>, over the channels k whose sum holds c.</remarks>
public sealed class LRNGradient(LRN forward) : Operator
{
    /// <summary>Whose gradient it is.</summary>
    public LRN Forward { get; } = forward;

    public override string Domain => "headroom";

    public override TensorType[] Infer(Signature s) => [s.Input(1)];

    public override Cost Cost(Signature s) => new((double)s.Input(1).Elements * (4 * Math.Min(Forward.Size, s.Input(1).Shape[1]) + 40), s.InputBytes, s.OutputBytes);
}
