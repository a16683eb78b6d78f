using Headroom.Graph.Onnx;

namespace Headroom.Graph.Operators;

/// <summary>Mean of one or more tensors, elementwise with broadcasting: their sum divided by how many they are; halves are summed in fp32.</summary>
/// <remarks>ONNX <c>Mean</c>, opset 8 (13 with bfloat16).</remarks>
[OnnxOperator(7)]
public sealed class Mean : VariadicOperator
{
    public static Operator Read(OnnxAttributes a) => new Mean();

    public override TensorData[]? Fold(Signature s) => Folding.Variadic(s, (x, y) => x + y, (x, y) => x + y, sum => sum / s.InputCount);

    public override void Gradient(Backward b)
    {
        Value dy = b.OutputGradient(0);
        AccumulateAll(b, b.Add(new Div(), dy, b.Constant(TensorData.Fill(b.Type(dy).Element, Shape.Scalar, b.Signature.InputCount))));
    }
}
