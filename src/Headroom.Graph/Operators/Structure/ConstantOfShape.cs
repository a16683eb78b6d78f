using Headroom.Graph.Onnx;

namespace Headroom.Graph.Operators;

/// <summary>A tensor of the extents that input 0 gives, every element the same number. Small ones are known when the graph gets its types.</summary>
/// <remarks>ONNX <c>ConstantOfShape</c>, opset 9.</remarks>
[OnnxOperator(9)]
public sealed class ConstantOfShape : Operator
{
    /// <summary>One element; its type is the result's.</summary>
    public TensorData Value { get; init; } = TensorData.Floats(new Shape(1), 0);

    public override bool ReadsValue(int input) => input == 0;

    public static Operator Read(OnnxAttributes a)
    {
        TensorData? value = a.Tensor("value");
        if (value is null) return new ConstantOfShape();
        if (value.Type.Elements != 1) throw new GraphException($"attribute 'value' is {value.Type}; one element is needed");
        return new ConstantOfShape { Value = value };
    }

    public override TensorType[] Infer(Signature s)
    {
        long[] dims = s.Longs(0, "the shape");
        if (dims.Any(d => d < 0)) throw new GraphException($"[{string.Join(", ", dims)}] is no shape: it has a negative extent");
        var type = new TensorType(Value.Type.Element, new Shape(dims));
        _ = type.Bytes;
        return [type];
    }

    public override Cost Cost(Signature s) => new(0, 0, s.OutputBytes);

    public override TensorData[]? Fold(Signature s)
        => s.Output(0).Elements > Folding.Limit ? null : [Folding.Pick(s.Output(0), _ => (Value, 0))];

    public override ElementType OutputElement(int output, ReadOnlySpan<ElementType> inputs) => Value.Type.Element;

    public override void Gradient(Backward b) { }

    public override void Write(OnnxAttributes a) => a.Set("value", Value);
}
