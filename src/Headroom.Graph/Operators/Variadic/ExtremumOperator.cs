namespace Headroom.Graph.Operators;

/// <summary>The largest or smallest of one or more tensors, elementwise with broadcasting; a NaN among the operands is the result.</summary>
/// <remarks>
/// Where several operands are the extremum, each gets an equal share of the gradient: libtorch's rule for <c>maximum</c> and <c>minimum</c> (half each), and for <c>amax</c> and <c>amin</c> among any number.
/// It is the mean of the subgradients that choosing one of them would give, and doesn't depend on the operands' order.
/// </remarks>
public abstract class ExtremumOperator : VariadicOperator
{
    protected override bool TakesIntegers => true;

    /// <summary>The largest, or the smallest.</summary>
    protected abstract bool Largest { get; }

    public override void Gradient(Backward b)
    {
        int count = b.Signature.InputCount;
        if (count == 1)
        {
            b.Accumulate(0, b.OutputGradient(0));
            return;
        }
        var parts = b.AddMany(new ExtremumGradient { Largest = Largest }, count, [b.OutputGradient(0), .. b.Node.Inputs]);
        for (int i = 0; i < count; i++) if (b.Needs(i)) b.Accumulate(i, b.SumTo(parts[i], b.Signature.Input(i).Shape));
    }
}

/// <summary>
/// The gradients of <see cref="Max"/> and <see cref="Min"/> by every operand, before the sums over axes along which it was broadcast: dy where the operand is the extremum, shared equally where several are, else 0.
/// Inputs: dy, then the operands. Outputs: one an operand, each of dy's shape.
/// </summary>
public sealed class ExtremumGradient : Operator
{
    /// <summary>Of the largest, or of the smallest.</summary>
    public bool Largest { get; init; }

    public override string Domain => "headroom";

    public override bool AcceptsStrides(int input) => true;

    public override TensorType[] Infer(Signature s)
    {
        TensorType dy = s.Input(0);
        var types = new TensorType[s.InputCount - 1];
        for (int i = 0; i < types.Length; i++)
        {
            s.RequireSameElement(0, i + 1);
            if (Shape.Broadcast(dy.Shape, s.Input(i + 1).Shape) != dy.Shape) throw new GraphException($"operand {s.Input(i + 1)} is larger than the gradient {dy}");
            types[i] = dy;
        }
        return types;
    }

    public override Cost Cost(Signature s) => new(3.0 * s.InputCount * s.Input(0).Elements, s.InputBytes, s.OutputBytes);
}
