using Headroom.Graph.Onnx;

namespace Headroom.Graph.Operators;

/// <summary>How many elements the input has, as an int64 scalar. Known when the graph gets its types: it never runs.</summary>
/// <remarks>ONNX <c>Size</c>, opset 13.</remarks>
[OnnxOperator(13, Name = "Size")]
public sealed class SizeOf : Operator
{
    public override string Name => "Size";

    public static Operator Read(OnnxAttributes a) => new SizeOf();

    public override ElementType OutputElement(int output, ReadOnlySpan<ElementType> inputs) => ElementType.Int64;

    public override bool ReadsTypeOnly(int input) => true;

    public override bool AcceptsStrides(int input) => true;

    public override TensorType[] Infer(Signature s) => [new TensorType(ElementType.Int64)];

    public override Cost Cost(Signature s) => default;

    public override TensorData[]? Fold(Signature s) => [TensorData.Scalar(s.Input(0).Elements)];

    public override void Gradient(Backward b) { }
}
