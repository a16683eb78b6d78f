using Headroom.Graph.Operators;

namespace Headroom.Graph.Passes;

/// <summary>A bf16 gradient that is widened for an optimizer, which widens it as it reads: the fp32 copy is never written. The numbers stay the same to the bit.</summary>
internal sealed class HalfGradient : FusionRule
{
    public override string Name => "cast + update";

    public override FusedNode? Match(FusionView graph, Node last)
    {
        bool changed = false;
        Value Half(Value v, int input)
        {
            if (!last.Operator.Widens(input) || graph.Maker<Cast>(v) is not Node cast || graph.Type(v).Element != ElementType.Float32 || graph.Type(cast.Inputs[0]).Element != ElementType.BFloat16) return v;
            changed = true;
            return cast.Inputs[0];
        }
        // The cast goes with its last reader, when the graph is built.
        Node half = last with { Inputs = [.. last.Inputs.Select(Half)] };
        return changed ? new FusedNode(half) : null;
    }
}
