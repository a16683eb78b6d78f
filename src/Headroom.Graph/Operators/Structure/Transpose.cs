using Headroom.Graph.Onnx;

namespace Headroom.Graph.Operators;

/// <summary>Permutes axes: axis i of the output is axis <c>Permutation[i]</c> of the input; without a permutation the axes are reversed.</summary>
/// <remarks>ONNX <c>Transpose</c>, opset 13. A view where the readers take strides.</remarks>
[OnnxOperator(13)]
public sealed class Transpose : Operator
{
    /// <summary>Empty: reversed.</summary>
    public long[] Permutation { get; init; } = [];

    public override int ViewInput => 0;

    public static Operator Read(OnnxAttributes a) => new Transpose { Permutation = a.Ints("perm") };

    public override bool AcceptsStrides(int input) => true;

    public override TensorType[] Infer(Signature s)
    {
        TensorType x = s.Input(0);
        int[] order = Order(x.Rank);
        return [new TensorType(x.Element, new Shape([.. order.Select(i => x.Shape[i])]))];
    }

    public override void Decode(DecodingRewrite r)
    {
        SequenceAxis axis = r.Axis(0) ?? throw r.Mixes();
        r.Carry(axis with { Axis = Array.IndexOf(Order(r.Signature.Input(0).Rank), axis.Axis) });
    }

    public override Cost Cost(Signature s) => new(0, s.Input(0).Bytes, s.Output(0).Bytes);

    public override View? View(Signature s, int output, ReadOnlySpan<long> strides)
    {
        int[] order = Order(strides.Length);
        var permuted = new long[order.Length];
        for (int i = 0; i < order.Length; i++) permuted[i] = strides[order[i]];
        return new View(0, permuted);
    }

    public override TensorData[]? Fold(Signature s) => Folding.Viewed(this, s);

    public override void Gradient(Backward b)
    {
        int[] order = Order(b.Signature.Input(0).Rank);
        var inverse = new long[order.Length];
        for (int i = 0; i < order.Length; i++) inverse[order[i]] = i;
        b.Accumulate(0, b.Add(new Transpose { Permutation = inverse }, b.OutputGradient(0)));
    }

    public override void Write(OnnxAttributes a)
    {
        if (Permutation.Length > 0) a.Set("perm", Permutation);
    }

    /// <summary>The permutation for a rank.</summary>
    /// <exception cref="GraphException">It is no permutation of that many axes.</exception>
    public int[] Order(int rank)
    {
        if (Permutation.Length == 0) return [.. Enumerable.Range(0, rank).Reverse()];
        int[] order = [.. Permutation.Select(p => (int)Math.Clamp(p, -1, rank))];
        if (!order.Order().SequenceEqual(Enumerable.Range(0, rank))) throw new GraphException($"[{string.Join(", ", Permutation)}] is no permutation of {rank} axes");
        return order;
    }
}
