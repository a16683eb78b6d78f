using System.Collections.Immutable;
using Headroom.Graph.Onnx;

namespace Headroom.Graph.Operators;

/// <summary>Largest element over all spatial axes: <c>[batch, channels, extents...]</c> to <c>[batch, channels, 1...]</c>. NaN wins over all; the gradient goes to the first of equal elements.</summary>
/// <remarks>ONNX <c>GlobalMaxPool</c>, opset 1.</remarks>
[OnnxOperator(1)]
public sealed class GlobalMaxPool : Operator
{
    public static Operator Read(OnnxAttributes a) => new GlobalMaxPool();

    public override bool AcceptsStrides(int input) => true;

    public override TensorType[] Infer(Signature s)
    {
        TensorType x = s.Input(0);
        if (!x.Element.IsFloat()) throw new GraphException($"the input is {x}; it takes floats: cast it, or use ReduceMax");
        if (x.Rank < 3) throw new GraphException($"the input {x} must be [batch, channels, extents...]");
        Shape y = x.Shape;
        for (int i = 2; i < x.Rank; i++)
        {
            if (x.Shape[i] == 0) throw new GraphException($"the input {x} has no elements to take the largest of");
            y = y.With(i, 1);
        }
        return [new TensorType(x.Element, y)];
    }

    public override Cost Cost(Signature s) => new(s.Input(0).Elements, s.InputBytes, s.OutputBytes);

    // One window over the whole plane, seen as one axis: its place is found again, the gradient goes there.
    public override void Gradient(Backward b)
    {
        Shape x = b.Signature.Input(0).Shape;
        long plane = new Shape(x.Dims[2..]).Elements;
        var flat = new Shape(x[0], x[1], plane);
        ImmutableArray<Value> found = b.AddMany(new MaxPool { KernelShape = [plane] }, 2, b.Reshape(b.Input(0), flat));
        Value dy = b.Reshape(b.OutputGradient(0), new Shape(x[0], x[1], 1));
        b.Accumulate(0, b.Reshape(b.Add(new MaxPoolGradient { InputShape = flat }, dy, found[1]), x));
    }
}
