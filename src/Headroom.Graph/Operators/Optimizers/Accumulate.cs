namespace Headroom.Graph.Operators;

/// <summary><c>sum += Factor · gradient</c>, in the sum's own buffer: gradients of micro-batches. Inputs: sum (fp32), gradient (fp32 or bf16).</summary>
public sealed class Accumulate : Operator
{
    /// <summary>1 / micro-batches, for their mean.</summary>
    public double Factor { get; init; } = 1;

    public override string Domain => "headroom";

    public override int Updates(int output) => 0;

    public override bool Widens(int input) => input == 1;

    public override TensorType[] Infer(Signature s)
    {
        if (!double.IsFinite(Factor)) throw new GraphException($"the factor is {Factor}; a finite number is needed");
        return [OptimizerRules.Parameter(s)];
    }

    public override Cost Cost(Signature s) => Graph.Cost.Elementwise(s, 2);
}
