using Headroom.Graph.Operators;

namespace Headroom.Graph.Passes;

/// <summary>The gradients by query, key and value that are thirds of one packed projection: written where the projection's gradient wants them, instead of being moved there.</summary>
internal sealed class AttentionGradientConcat : FusionRule
{
    public override string Name => "attention gradient + concat";

    public override FusedNode? Match(FusionView graph, Node last)
    {
        if (last.Operator is not Concat concat || last.Inputs.Length != 3 || graph.Only<AttentionGradient>(last.Inputs[0]) is not Node gradient) return null;
        if (concat.Axis != -1 && concat.Axis != graph.Type(last.Inputs[0]).Rank - 1) return null;
        if (!AttentionGradient.IsJoinable(graph.Signature(gradient))) return null;
        for (int i = 0; i < 3; i++)
            if (gradient.Outputs[i] != last.Inputs[i] || graph.Only<AttentionGradient>(last.Inputs[i]) is null) return null;
        var op = (AttentionGradient)gradient.Operator;
        return new FusedNode(new Node(gradient.Name, new AttentionGradient(op) { Joined = true }, gradient.Inputs, last.Outputs), gradient);
    }
}
