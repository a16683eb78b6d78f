using Headroom.Graph.Onnx;

namespace Headroom.Graph.Operators;

/// <summary>Logical negation of bools, elementwise.</summary>
/// <remarks>ONNX <c>Not</c>, opset 1.</remarks>
[OnnxOperator(1)]
public sealed class Not : Operator
{
    public override bool IsElementwise => true;

    public static Operator Read(OnnxAttributes a) => new Not();

    public override TensorType[] Infer(Signature s)
        => s.Input(0).Element == ElementType.Bool ? [s.Input(0)] : throw new GraphException($"takes bools, the input is {s.Input(0)}; cast it");

    public override Cost Cost(Signature s) => Graph.Cost.Elementwise(s, 1);

    public override bool AcceptsStrides(int input) => true;

    public override int MayOverwrite(int output) => 0;

    public override TensorData[]? Fold(Signature s) => Folding.Unary(s, n => n == 0 ? 1 : 0, v => v);

    public override void Gradient(Backward b) { }
}
