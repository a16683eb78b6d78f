using Headroom.Graph.Onnx;

namespace Headroom.Graph.Operators;

/// <summary>Puts in axes of extent 1 where input 1 lists them, counted in the output.</summary>
/// <remarks>ONNX <c>Unsqueeze</c>, opset 13. A view.</remarks>
[OnnxOperator(13)]
public sealed class Unsqueeze : Operator
{
    public override int ViewInput => 0;

    public static Operator Read(OnnxAttributes a) => new Unsqueeze();

    public override bool ReadsValue(int input) => input == 1;

    public override bool AcceptsStrides(int input) => input == 0;

    public override TensorType[] Infer(Signature s)
    {
        TensorType x = s.Input(0);
        bool[] added = Added(s);
        var dims = new long[added.Length];
        for (int i = 0, from = 0; i < dims.Length; i++) dims[i] = added[i] ? 1 : x.Shape[from++];
        return [new TensorType(x.Element, new Shape(dims))];
    }

    public override void Decode(DecodingRewrite r)
    {
        SequenceAxis axis = r.Axis(0) ?? throw r.Mixes();
        bool[] added = Added(r.Signature);
        int[] own = [.. Enumerable.Range(0, added.Length).Where(i => !added[i])];
        r.Carry(axis with { Axis = own[axis.Axis] });
    }

    public override Cost Cost(Signature s) => default;

    public override View? View(Signature s, int output, ReadOnlySpan<long> strides)
    {
        bool[] added = Added(s);
        var result = new long[added.Length];
        long inner = 1;
        for (int i = result.Length - 1, from = strides.Length - 1; i >= 0; i--)
        {
            // What a row-major tensor would have there: the stride of an extent of 1 is free, but this keeps contiguous contiguous.
            result[i] = added[i] ? inner : strides[from];
            if (!added[i]) inner = strides[from] * s.Input(0).Shape[from--];
        }
        return new View(0, result);
    }

    public override TensorData[]? Fold(Signature s) => Folding.Reshaped(s);

    public override void Gradient(Backward b) => b.Accumulate(0, b.Reshape(b.OutputGradient(0), b.Signature.Input(0).Shape));

    private static bool[] Added(Signature s)
    {
        long[] axes = s.Longs(1, "the axes");
        int rank = s.Input(0).Rank + axes.Length;
        var added = new bool[rank];
        foreach (long axis in axes)
        {
            if (axis < -rank || axis >= rank) throw new GraphException($"axis {axis} is outside the result's rank {rank}");
            int at = (int)(axis < 0 ? axis + rank : axis);
            if (added[at]) throw new GraphException($"axis {at} is put in twice");
            added[at] = true;
        }
        return added;
    }
}
