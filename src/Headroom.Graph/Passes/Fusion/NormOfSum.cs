using Headroom.Graph.Operators;

namespace Headroom.Graph.Passes;

/// <summary>The two halves that <see cref="ResidualNormalization.Apart"/> made, side by side again.</summary>
internal sealed class NormOfSum : FusionRule
{
    public override string Name => "residual sum + its norm";

    public override FusedNode? Match(FusionView graph, Node last)
    {
        if (last.Operator is not ResidualNormalization op || last.Inputs[1].Exists || graph.Maker<ResidualNormalization>(last.Inputs[0]) is not Node sum) return null;
        if (sum.Outputs.Length != 4 || sum.Outputs.Take(3).Any(o => o.Exists) || !ReferenceEquals(graph.FirstReader(last.Inputs[0]), last)) return null;
        var first = (ResidualNormalization)sum.Operator;
        if (first.Epsilon != op.Epsilon || first.To != op.To || !sum.Inputs.Skip(3).SequenceEqual(last.Inputs.Skip(3))) return null;
        return new FusedNode(new Node(last.Name, op, sum.Inputs, [.. last.Outputs.Take(3), sum.Outputs[3]]), sum);
    }
}
