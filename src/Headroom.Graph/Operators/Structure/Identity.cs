using Headroom.Graph.Onnx;

namespace Headroom.Graph.Operators;

/// <summary>The input as it is.</summary>
/// <remarks>ONNX <c>Identity</c>, opset 13. A view.</remarks>
[OnnxOperator(13)]
public sealed class Identity : Operator
{
    public override int ViewInput => 0;

    public static Operator Read(OnnxAttributes a) => new Identity();

    public override bool AcceptsStrides(int input) => true;

    public override LayoutPorts Layout(Signature s) => new() { FreeOutputs = [0] };

    public override TensorType[] Infer(Signature s) => [s.Input(0)];

    public override void Decode(DecodingRewrite r) => r.CarryBeside();

    public override Cost Cost(Signature s) => default;

    public override View? View(Signature s, int output, ReadOnlySpan<long> strides) => new View(0, strides.ToArray());

    public override TensorData[]? Fold(Signature s) => s.Constant(0) is TensorData known ? [known] : null;

    public override void Gradient(Backward b) => b.Accumulate(0, b.OutputGradient(0));
}
