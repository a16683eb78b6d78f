using Headroom.Graph.Onnx;

namespace Headroom.Graph.Operators;

/// <summary>A matrix: the axes before <see cref="Axis"/> are its rows, the others its columns.</summary>
/// <remarks>ONNX <c>Flatten</c>, opset 13. A view.</remarks>
[OnnxOperator(13)]
public sealed class Flatten : Operator
{
    /// <summary>In [-rank, rank].</summary>
    public long Axis { get; init; } = 1;

    public override int ViewInput => 0;

    public static Operator Read(OnnxAttributes a) => new Flatten { Axis = a.Int("axis", 1) };

    // Many strided tensors can be seen in the new shape as they lie; where one can't, the kernel copies.
    public override bool AcceptsStrides(int input) => input == 0;

    public override TensorType[] Infer(Signature s)
    {
        TensorType x = s.Input(0);
        int axis = Axis == x.Rank ? x.Rank : x.Shape.Axis(Axis);
        return [new TensorType(x.Element, new Shape(new Shape(x.Shape.Dims[..axis]).Elements, new Shape(x.Shape.Dims[axis..]).Elements))];
    }

    public override void Decode(DecodingRewrite r) => r.Carry(r.Reshaped());

    public override Cost Cost(Signature s) => default;

    public override View? View(Signature s, int output, ReadOnlySpan<long> strides)
        => Windows.Reshape(s.Input(0).Shape, strides, s.Output(0).Shape) is long[] window ? new View(0, window) : null;

    public override TensorData[]? Fold(Signature s) => Folding.Reshaped(s);

    public override void Gradient(Backward b) => b.Accumulate(0, b.Reshape(b.OutputGradient(0), b.Signature.Input(0).Shape));

    public override void Write(OnnxAttributes a) => a.Set("axis", Axis);
}
