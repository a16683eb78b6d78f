using Headroom.Graph.Onnx;

namespace Headroom.Graph.Operators;

/// <summary>A matrix of the input's shape with ones on a diagonal, zeros elsewhere. Small ones are known when the graph gets its types.</summary>
/// <remarks>ONNX <c>EyeLike</c>, opset 9 (22 adds bf16).</remarks>
[OnnxOperator(9)]
public sealed class EyeLike : Operator
{
    /// <summary>The result's type; null: the input's.</summary>
    public ElementType? Element { get; init; }

    /// <summary>How far above the main diagonal the ones stand; negative is below.</summary>
    public long Diagonal { get; init; }

    public static Operator Read(OnnxAttributes a) => new EyeLike
    {
        Element = !a.Has("dtype") ? null : OnnxTypes.Element(a.Int("dtype", 0)) ?? throw new GraphException($"makes numbers of ONNX's data type {OnnxTypes.Name(a.Int("dtype", 0))}, which is not supported"),
        Diagonal = a.Int("k", 0),
    };

    public override bool ReadsTypeOnly(int input) => true;

    public override ElementType OutputElement(int output, ReadOnlySpan<ElementType> inputs) => Element ?? inputs[0];

    public override TensorType[] Infer(Signature s)
    {
        s.RequireRank(0, 2, "input");
        return [new TensorType(Element ?? s.Input(0).Element, s.Input(0).Shape)];
    }

    public override Cost Cost(Signature s) => new(0, 0, s.OutputBytes);

    public override TensorData[]? Fold(Signature s)
    {
        TensorType type = s.Output(0);
        if (type.Elements > Folding.Limit) return null;
        TensorData zero = TensorData.Fill(type.Element, Shape.Scalar, 0), one = TensorData.Fill(type.Element, Shape.Scalar, 1);
        return [Folding.Pick(type, i => (i % type.Shape[1] - i / type.Shape[1] == Diagonal ? one : zero, 0))];
    }

    // Nothing of the input but its shape is looked at.
    public override void Gradient(Backward b) { }

    public override void Write(OnnxAttributes a)
    {
        if (Element is { } element) a.Set("dtype", OnnxTypes.Code(element));
        a.Set("k", Diagonal);
    }
}
