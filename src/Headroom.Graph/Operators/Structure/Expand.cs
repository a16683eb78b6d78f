using Headroom.Graph.Onnx;

namespace Headroom.Graph.Operators;

/// <summary>Broadcasts the input to the shape of input 1 by numpy's rule (both ways, as ONNX has it).</summary>
/// <remarks>ONNX <c>Expand</c>, opset 13.</remarks>
[OnnxOperator(13)]
public sealed class Expand : Operator
{
    public override int ViewInput => 0;

    public static Operator Read(OnnxAttributes a) => new Expand();

    public override bool ReadsValue(int input) => input == 1;

    public override bool AcceptsStrides(int input) => input == 0;

    public override LayoutPorts Layout(Signature s) => new() { FreeOutputs = [0] };

    public override TensorType[] Infer(Signature s)
    {
        long[] dims = s.Longs(1, "the shape");
        if (dims.Any(d => d < 0)) throw new GraphException($"[{string.Join(", ", dims)}] is no shape: it has a negative extent");
        return [new TensorType(s.Input(0).Element, Shape.Broadcast(s.Input(0).Shape, new Shape(dims)))];
    }

    public override void Decode(DecodingRewrite r)
    {
        SequenceAxis axis = r.Axis(0) ?? throw r.Mixes();
        axis = axis with { Axis = axis.Axis + r.Signature.Output(0).Rank - r.Signature.Input(0).Rank };
        r.Carry(axis, 1, r.Dims(axis));
    }

    public override Cost Cost(Signature s) => new(0, s.Input(0).Bytes, s.Output(0).Bytes);

    // Broadcast axes get stride 0: readers that take strides need no copy.
    public override View? View(Signature s, int output, ReadOnlySpan<long> strides)
    {
        Shape from = s.Input(0).Shape, to = s.Output(0).Shape;
        var result = new long[to.Rank];
        for (int i = 1; i <= from.Rank; i++) result[^i] = from[from.Rank - i] == to[to.Rank - i] ? strides[^i] : 0;
        return new View(0, result);
    }

    public override TensorData[]? Fold(Signature s) => Folding.Viewed(this, s);

    public override void Gradient(Backward b) => b.Accumulate(0, b.SumTo(b.OutputGradient(0), b.Signature.Input(0).Shape));
}
