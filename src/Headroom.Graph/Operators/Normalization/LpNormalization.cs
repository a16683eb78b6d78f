using Headroom.Graph.Onnx;

namespace Headroom.Graph.Operators;

/// <summary>Divides by the norm along an axis, <c>yᵢ = xᵢ / ‖x‖ₚ</c>; 0 where the norm is.</summary>
/// <remarks>ONNX <c>LpNormalization</c>, opset 1 (22 adds bf16): p is 1 or 2.</remarks>
[OnnxOperator(1)]
public sealed class LpNormalization : Operator
{
    /// <summary>Negative counts from the end.</summary>
    public long Axis { get; init; } = -1;

    /// <summary>1: the sum of absolute values, 2: the Euclidean norm.</summary>
    public long P { get; init; } = 2;

    public static Operator Read(OnnxAttributes a) => new LpNormalization { Axis = a.Int("axis", -1), P = a.Int("p", 2) };

    public override int MayOverwrite(int output) => 0;

    public override TensorType[] Infer(Signature s)
    {
        TensorType x = s.Input(0);
        if (P is not (1 or 2)) throw new GraphException($"p is {P}; 1 and 2 are known");
        if (!x.Element.IsFloat()) throw new GraphException($"takes floating numbers, the input is {x}; cast it");
        x.Shape.Axis(Axis);
        return [x];
    }

    public override Cost Cost(Signature s) => Graph.Cost.Elementwise(s, 4);

    public override void Gradient(Backward b) => b.Accumulate(0, b.Add(new LpNormalizationGradient { Axis = Axis, P = P }, b.OutputGradient(0), b.Input(0)));

    public override void Write(OnnxAttributes a)
    {
        a.Set("axis", Axis);
        a.Set("p", P);
    }
}

/// <summary>
/// <c>dxᵢ = (dyᵢ - gᵢ Σ dyⱼ yⱼ) / ‖x‖</c>, where g, the norm's own gradient, is y for p = 2 and sign(x) for p = 1; 0 where the norm is. Inputs: dy, x.
/// </summary>
public sealed class LpNormalizationGradient : Operator
{
    public required long Axis { get; init; }

    public required long P { get; init; }

    public override string Domain => "headroom";

    public override int MayOverwrite(int output) => 0;

    public override TensorType[] Infer(Signature s)
    {
        if (s.Input(0) != s.Input(1)) throw new GraphException($"the gradient {s.Input(0)} and the value {s.Input(1)} differ");
        return [s.Input(0)];
    }

    public override Cost Cost(Signature s) => Graph.Cost.Elementwise(s, 8);
}
