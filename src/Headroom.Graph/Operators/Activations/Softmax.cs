using Headroom.Graph.Onnx;

namespace Headroom.Graph.Operators;

/// <summary>Exponentials that sum to one along an axis, <c>yᵢ = e^(xᵢ) / Σ e^(xⱼ)</c>.</summary>
/// <remarks>ONNX <c>Softmax</c>, opset 13 (one axis, not a flattened tail as before).</remarks>
[OnnxOperator(13)]
public sealed class Softmax : SoftmaxOperator
{
    public static Operator Read(OnnxAttributes a) => new Softmax { Axis = a.Int("axis", -1) };

    public override void Gradient(Backward b) => b.Accumulate(0, b.Add(new SoftmaxGradient { Axis = Axis }, b.OutputGradient(0), b.Output(0)));
}

/// <summary>Logarithm of <see cref="Softmax"/>, <c>yᵢ = xᵢ - log Σ e^(xⱼ)</c>, without its under- and overflow.</summary>
/// <remarks>ONNX <c>LogSoftmax</c>, opset 13.</remarks>
[OnnxOperator(13)]
public sealed class LogSoftmax : SoftmaxOperator
{
    public static Operator Read(OnnxAttributes a) => new LogSoftmax { Axis = a.Int("axis", -1) };

    public override void Gradient(Backward b) => b.Accumulate(0, b.Add(new LogSoftmaxGradient { Axis = Axis }, b.OutputGradient(0), b.Output(0)));
}

/// <summary>What the two softmaxes share.</summary>
public abstract class SoftmaxOperator : Operator
{
    /// <summary>Negative counts from the end.</summary>
    public long Axis { get; init; } = -1;

    public override TensorType[] Infer(Signature s)
    {
        TensorType x = s.Input(0);
        if (!x.Element.IsFloat()) throw new GraphException($"takes floating numbers, the input is {x}; cast it");
        x.Shape.Axis(Axis);
        return [x];
    }

    public override void Decode(DecodingRewrite r) => r.CarryBeside(r.Signature.Input(0).Shape.Axis(Axis));

    public override Cost Cost(Signature s) => Graph.Cost.Elementwise(s, 11);

    public override int MayOverwrite(int output) => 0;

    public override void Write(OnnxAttributes a) => a.Set("axis", Axis);
}

/// <summary><c>dxᵢ = yᵢ (dyᵢ - Σ dyⱼ yⱼ)</c>. Inputs: dy, y.</summary>
public sealed class SoftmaxGradient : SoftmaxGradientOperator;

/// <summary><c>dxᵢ = dyᵢ - e^(yᵢ) Σ dyⱼ</c>. Inputs: dy, y.</summary>
public sealed class LogSoftmaxGradient : SoftmaxGradientOperator;

/// <summary>What the gradients of the two softmaxes share.</summary>
public abstract class SoftmaxGradientOperator : Operator
{
    public long Axis { get; init; } = -1;

    public override string Domain => "headroom";

    public override TensorType[] Infer(Signature s)
    {
        if (s.Input(0) != s.Input(1)) throw new GraphException($"the gradient {s.Input(0)} and the value {s.Input(1)} differ");
        s.Input(0).Shape.Axis(Axis);
        return [s.Input(0)];
    }

    public override Cost Cost(Signature s) => Graph.Cost.Elementwise(s, 4);

    public override int MayOverwrite(int output) => 0;
}
