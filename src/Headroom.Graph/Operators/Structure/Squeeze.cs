using Headroom.Graph.Onnx;

namespace Headroom.Graph.Operators;

/// <summary>Drops the axes that input 1 lists, each of extent 1; all such where it is absent.</summary>
/// <remarks>ONNX <c>Squeeze</c>, opset 13. A view.</remarks>
[OnnxOperator(13)]
public sealed class Squeeze : Operator
{
    public override int ViewInput => 0;

    public static Operator Read(OnnxAttributes a) => new Squeeze();

    public override bool ReadsValue(int input) => input == 1;

    public override bool AcceptsStrides(int input) => input == 0;

    public override TensorType[] Infer(Signature s)
    {
        TensorType x = s.Input(0);
        return [new TensorType(x.Element, new Shape([.. Kept(s).Select(i => x.Shape[i])]))];
    }

    public override void Decode(DecodingRewrite r)
    {
        SequenceAxis axis = r.Axis(0) ?? throw r.Mixes();
        r.Carry(axis with { Axis = Kept(r.Signature).IndexOf(axis.Axis) });
    }

    public override Cost Cost(Signature s) => default;

    public override View? View(Signature s, int output, ReadOnlySpan<long> strides)
    {
        List<int> kept = Kept(s);
        var result = new long[kept.Count];
        for (int i = 0; i < result.Length; i++) result[i] = strides[kept[i]];
        return new View(0, result);
    }

    public override TensorData[]? Fold(Signature s) => Folding.Reshaped(s);

    public override void Gradient(Backward b) => b.Accumulate(0, b.Reshape(b.OutputGradient(0), b.Signature.Input(0).Shape));

    private static List<int> Kept(Signature s)
    {
        Shape x = s.Input(0).Shape;
        List<int> kept = [.. Enumerable.Range(0, x.Rank)];
        if (!s.Has(1))
        {
            kept.RemoveAll(i => x[i] == 1);
            return kept;
        }
        foreach (long listed in s.Longs(1, "the axes"))
        {
            int axis = x.Axis(listed);
            if (x[axis] != 1) throw new GraphException($"axis {listed} of {x} has extent {x[axis]}; only an extent of 1 can be dropped");
            if (!kept.Remove(axis)) throw new GraphException($"axis {axis} is dropped twice");
        }
        return kept;
    }
}
