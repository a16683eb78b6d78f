using Headroom.Graph.Onnx;

namespace Headroom.Graph.Operators;

/// <summary>Mean over all spatial axes: <c>[batch, channels, extents...]</c> to <c>[batch, channels, 1...]</c>.</summary>
/// <remarks>ONNX <c>GlobalAveragePool</c>, opset 1.</remarks>
[OnnxOperator(1)]
public sealed class GlobalAveragePool : Operator
{
    public static Operator Read(OnnxAttributes a) => new GlobalAveragePool();

    public override bool AcceptsStrides(int input) => true;

    public override TensorType[] Infer(Signature s)
    {
        TensorType x = s.Input(0);
        if (!x.Element.IsFloat()) throw new GraphException($"the input is {x}; a mean takes floats: cast it");
        if (x.Rank < 3) throw new GraphException($"the input {x} must be [batch, channels, extents...]");
        if (x.Shape.Dims[2..].Contains(0)) throw new GraphException($"the input {x} has no elements to take a mean of");
        Shape y = x.Shape;
        for (int i = 2; i < x.Rank; i++) y = y.With(i, 1);
        return [new TensorType(x.Element, y)];
    }

    public override Cost Cost(Signature s) => new(s.Input(0).Elements, s.InputBytes, s.OutputBytes);

    // Every element of a plane gets the same share: a broadcast view, nothing is written out.
    public override void Gradient(Backward b)
    {
        TensorType x = b.Signature.Input(0);
        double share = (double)(x.Shape[0] * x.Shape[1]) / x.Elements;
        Value scaled = b.Add(new Mul(), b.OutputGradient(0), b.Constant(TensorData.Fill(x.Element, Shape.Scalar, share)));
        b.Accumulate(0, b.Add(new Expand(), scaled, b.Constant(TensorData.Longs(x.Shape.Dims))));
    }
}
