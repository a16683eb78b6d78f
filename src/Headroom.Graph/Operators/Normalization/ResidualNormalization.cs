using System.Collections.Immutable;
using Headroom.Graph.Onnx;

namespace Headroom.Graph.Operators;

/// <summary>
/// What comes back to a residual stream and the layer normalization behind it, <c>sum = x + branch + bias; y = (sum - mean) · r · scale + shift</c>, in one visit. Inputs: x, the stream <c>[..., columns]</c>; branch, of x's
/// shape and y's type (optional: then the sum is x); the branch's bias (optional); scale; shift (optional): the last three fp32 <c>[columns]</c>.
/// Outputs: y, in a type of its own; mean and <c>r = 1 / √(variance + ε)</c>, fp32, the last axis as an extent of 1; the sum, in x's type, which the stream goes on as.
/// </summary>
/// <remarks>What <c>Add</c>, <c>Add</c>, <c>LayerNormalization</c> and the casts between them do in up to five visits. Ba, Kiros and Hinton, arXiv:1607.06450.</remarks>
public sealed class ResidualNormalization : Operator
{
    public float Epsilon { get; init; } = 1e-5f;

    /// <summary>The type of y and of the branch: fp32 or bf16.</summary>
    public required ElementType To { get; init; }

    public override string Domain => "headroom";

    public override TensorType[] Infer(Signature s)
    {
        TensorType x = s.Input(0), row = new(ElementType.Float32, x.Rank == 0 ? 0 : x.Shape[-1]);
        if (!IsStored(x.Element) || !IsStored(To) || x.Rank == 0 || x.Shape[-1] == 0) throw new GraphException($"takes and gives fp32 or bf16 rows, the stream is {x}, {To.ShortName()} is asked for");
        if (!(Epsilon > 0)) throw new GraphException($"epsilon is {Epsilon}; it must be greater than 0");
        if (s.Has(1) && s.Input(1) != new TensorType(To, x.Shape)) throw new GraphException($"the branch is {s.Input(1)}; {new TensorType(To, x.Shape)} is needed");
        for (int i = 2; i < 5; i++)
            if ((i == 3 || s.Has(i)) && s.Input(i) != row) throw new GraphException($"input {i} is {s.Input(i)}; {row} is needed");
        var statistic = new TensorType(ElementType.Float32, NormalizedAxes.Kept(x, -1));
        return [new TensorType(To, x.Shape), statistic, statistic, x];
    }

    public override ElementType OutputElement(int output, ReadOnlySpan<ElementType> inputs) => output switch { 0 => To, 3 => inputs[0], _ => ElementType.Float32 };

    public override Cost Cost(Signature s) => new((8.0 + (s.Has(1) ? 1 : 0) + (s.Has(2) ? 1 : 0)) * s.Input(0).Elements, s.InputBytes, s.OutputBytes);

    // The branch is read for the last time here.
    public override int MayOverwrite(int output) => output switch { 0 => 1, 3 => 0, _ => -1 };

    public override void Gradient(Backward b)
    {
        if (b.OutputGradient(1).Exists || b.OutputGradient(2).Exists) throw new GraphException("a loss can't depend on the mean or the deviation that a normalization puts out; compute them with ReduceMean");
        Value dy = b.OutputGradient(0), sum = b.Input(1).Exists ? b.Output(3) : b.Input(0), dsum = b.OutputGradient(3);
        if (!dy.Exists)
        {
            SumGradient(b, dsum);
            return;
        }
        bool apart = b.Signature.Input(0).Element != To;
        ImmutableArray<Value> g = b.AddMany(new ResidualNormalizationGradient(), 5, dy, sum, b.Output(1), b.Output(2), b.Input(3), dsum);
        if (b.Needs(0)) b.Accumulate(0, g[0]);
        if (b.Needs(1)) b.Accumulate(1, apart ? g[1] : g[0]);
        if (b.Needs(2)) b.Accumulate(2, g[2]);
        for (int i = 3; i < 5; i++) if (b.Needs(i)) b.Accumulate(i, g[i]);
    }

    /// <summary>The sum, and its norm.</summary>
    public override IReadOnlyList<Node>? Apart(Node node)
    {
        if (!node.Inputs[1].Exists || node.Outputs.Length < 4 || !node.Outputs[3].Exists || node.Outputs.Take(3).All(o => !o.Exists)) return null;
        Value sum = node.Outputs[3];
        return
        [
            new Node(node.Name + ".sum", this, node.Inputs, [Value.None, Value.None, Value.None, sum]),
            node with { Inputs = [sum, Value.None, Value.None, .. node.Inputs.Skip(3)], Outputs = [.. node.Outputs.Take(3)] },
        ];
    }

    public override void Write(OnnxAttributes a) => a.Set("to", OnnxTypes.Code(To));

    // The loss sees the stream alone.
    private void SumGradient(Backward b, Value dsum)
    {
        if (!dsum.Exists) return;
        Value In(ElementType to) => b.Type(dsum).Element == to ? dsum : b.Add(new Cast { To = to }, dsum);
        if (b.Needs(0)) b.Accumulate(0, dsum);
        if (b.Needs(1)) b.Accumulate(1, In(To));
        if (b.Needs(2)) b.Accumulate(2, b.SumTo(In(ElementType.Float32), b.Signature.Input(2).Shape));
    }

    internal static bool IsStored(ElementType element) => element is ElementType.Float32 or ElementType.BFloat16;
}

/// <summary>
/// The gradients of <see cref="ResidualNormalization"/> in one visit. Inputs: dy; the sum; mean; r; scale; and the gradient of the sum by all else that reads it (optional).
/// Outputs: the stream's gradient, which is that of the sum and the norm's together, over the sixth input; the same in dy's type, over dy, for a branch of another type than the stream;
/// column sums of it in fp32, the gradient of the branch's bias; those of scale and shift.
/// </summary>
/// <remarks>With g = dy · scale and x̂ = (sum - mean) · r: <c>r · (g - mean(g) - x̂ · mean(g · x̂))</c> is added.</remarks>
public sealed class ResidualNormalizationGradient : Operator
{
    public override string Domain => "headroom";

    public override TensorType[] Infer(Signature s) => [s.Input(1), s.Input(0), s.Input(4), s.Input(4), s.Input(4)];

    public override Cost Cost(Signature s) => new(16.0 * s.Input(1).Elements, s.InputBytes, s.OutputBytes);

    public override int MayOverwrite(int output) => output switch { 0 => 5, 1 => 0, _ => -1 };
}
