using Headroom.Graph.Onnx;

namespace Headroom.Graph.Operators;

/// <summary>1 where the first largest element along an axis stands, 0 elsewhere.</summary>
/// <remarks>ONNX <c>Hardmax</c>, opset 13 (one axis, not a flattened tail as before). As in numpy, the first NaN counts as the largest.</remarks>
[OnnxOperator(13)]
public sealed class Hardmax : Operator
{
    /// <summary>Negative counts from the end.</summary>
    public long Axis { get; init; } = -1;

    public static Operator Read(OnnxAttributes a) => new Hardmax { Axis = a.Int("axis", -1) };

    public override TensorType[] Infer(Signature s)
    {
        TensorType x = s.Input(0);
        if (!x.Element.IsFloat()) throw new GraphException($"takes floating numbers, the input is {x}; cast it");
        x.Shape.Axis(Axis);
        return [x];
    }

    public override Cost Cost(Signature s) => Graph.Cost.Elementwise(s, 1);

    public override int MayOverwrite(int output) => 0;

    // Constant almost everywhere: nothing flows through.
    public override void Gradient(Backward b) { }

    public override void Write(OnnxAttributes a) => a.Set("axis", Axis);
}
