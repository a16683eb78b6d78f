using Headroom.Graph.Onnx;

namespace Headroom.Graph.Operators;

/// <summary>Sum of one or more tensors, elementwise with broadcasting; halves are summed in fp32.</summary>
/// <remarks>ONNX <c>Sum</c>, opset 8 (13 with bfloat16).</remarks>
[OnnxOperator(7)]
public sealed class Sum : VariadicOperator
{
    public static Operator Read(OnnxAttributes a) => new Sum();

    public override TensorData[]? Fold(Signature s) => Folding.Variadic(s, (x, y) => x + y, (x, y) => x + y);

    public override void Gradient(Backward b) => AccumulateAll(b, b.OutputGradient(0));
}
