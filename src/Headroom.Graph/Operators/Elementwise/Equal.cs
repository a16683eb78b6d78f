using Headroom.Graph.Onnx;

namespace Headroom.Graph.Operators;

/// <summary>Elementwise equality, as bool, with broadcasting; NaN equals nothing.</summary>
/// <remarks>ONNX <c>Equal</c>, opset 13.</remarks>
[OnnxOperator(13)]
public sealed class Equal : Operator
{
    public override bool IsElementwise => true;

    public static Operator Read(OnnxAttributes a) => new Equal();

    public override TensorType[] Infer(Signature s)
    {
        s.RequireSameElement(0, 1);
        return [new TensorType(ElementType.Bool, Shape.Broadcast(s.Input(0).Shape, s.Input(1).Shape))];
    }

    public override Cost Cost(Signature s) => Graph.Cost.Elementwise(s, 1);

    public override ElementType OutputElement(int output, ReadOnlySpan<ElementType> inputs) => ElementType.Bool;

    public override bool AcceptsStrides(int input) => true;

    public override TensorData[]? Fold(Signature s) => Folding.Binary(s, (x, y) => x == y ? 1 : 0, (x, y) => x == y ? 1 : 0);

    // Constant almost everywhere: nothing flows through.
    public override void Gradient(Backward b) { }
}
