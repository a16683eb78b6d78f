using Headroom.Graph.Onnx;

namespace Headroom.Graph.Operators;

/// <summary>Whether an element is not a number, as bool, elementwise.</summary>
/// <remarks>ONNX <c>IsNaN</c>, opset 9.</remarks>
[OnnxOperator(9)]
public sealed class IsNaN : FloatClass
{
    public static Operator Read(OnnxAttributes a) => new IsNaN();
}

/// <summary>A question to each floating number, answered as bool.</summary>
public abstract class FloatClass : Operator
{
    public override bool IsElementwise => true;

    public override TensorType[] Infer(Signature s)
        => s.Input(0).Element.IsFloat() ? [new TensorType(ElementType.Bool, s.Input(0).Shape)] : throw new GraphException($"takes floating numbers, the input is {s.Input(0)}; cast it");

    public override Cost Cost(Signature s) => Graph.Cost.Elementwise(s, 1);

    public override ElementType OutputElement(int output, ReadOnlySpan<ElementType> inputs) => ElementType.Bool;

    // Constant almost everywhere: nothing flows through.
    public override void Gradient(Backward b) { }
}
