using Headroom.Graph.Onnx;

namespace Headroom.Graph.Operators;

/// <summary>Normalizes each channel of each sample: <c>y = (x - mean) / √(variance + ε) · scale + bias</c>. Inputs: x <c>[batch, channels, extents...]</c>; scale and bias <c>[channels]</c>.</summary>
/// <remarks>ONNX <c>InstanceNormalization</c>, opset 6. Ulyanov, Vedaldi and Lempitsky, arXiv:1607.08022.</remarks>
[OnnxOperator(6)]
public sealed class InstanceNormalization : Operator
{
    public float Epsilon { get; init; } = 1e-5f;

    public override Precision Precision => Precision.First;

    public static Operator Read(OnnxAttributes a) => new InstanceNormalization { Epsilon = a.Float("epsilon", 1e-5f) };

    public override TensorType[] Infer(Signature s)
    {
        TensorType x = s.Input(0);
        if (x.Rank < 3) throw new GraphException($"the input {x} must be [batch, channels, extents...]");
        ChannelNorms.Check(s, Epsilon, x.Shape[1]);
        return [x];
    }

    // A set's statistics are complete before its first element is written.
    public override int MayOverwrite(int output) => 0;

    public override Cost Cost(Signature s) => new(8.0 * s.Input(0).Elements, s.InputBytes, s.OutputBytes);

    public override void Gradient(Backward b) => ChannelNorms.Gradient(b, new GroupNormalizationGradient { Epsilon = Epsilon });

    public override void Write(OnnxAttributes a) => a.Set("epsilon", Epsilon);
}
