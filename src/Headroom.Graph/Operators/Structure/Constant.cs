using Headroom.Graph.Onnx;

namespace Headroom.Graph.Operators;

/// <summary>A tensor given with the model. Folded when the graph gets its types: it never runs.</summary>
/// <remarks>ONNX <c>Constant</c>, opset 13, with its numeric forms (<c>value</c>, <c>value_float</c>, <c>value_floats</c>, <c>value_int</c>, <c>value_ints</c>).</remarks>
[OnnxOperator(13)]
public sealed class Constant : Operator
{
    public required TensorData Value { get; init; }

    public override ElementType OutputElement(int output, ReadOnlySpan<ElementType> inputs) => Value.Type.Element;

    public static Operator Read(OnnxAttributes a) => new Constant
    {
        Value = a.Tensor("value")
            ?? (a.Has("value_float") ? TensorData.Scalar(a.Float("value_float", 0))
            : a.Has("value_floats") ? TensorData.Floats(new Shape(a.Floats("value_floats").Length), a.Floats("value_floats"))
            : a.Has("value_int") ? TensorData.Scalar(a.Int("value_int", 0))
            : a.Has("value_ints") ? TensorData.Longs(a.Ints("value_ints"))
            : throw new GraphException("holds no number (value, value_float, value_floats, value_int or value_ints); strings and sparse tensors are not supported")),
    };

    public override TensorType[] Infer(Signature s) => [Value.Type];

    public override Cost Cost(Signature s) => default;

    public override TensorData[]? Fold(Signature s) => [Value];

    public override void Write(OnnxAttributes a) => a.Set("value", Value);
}
