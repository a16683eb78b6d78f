using Headroom.Graph.Operators;

namespace Headroom.Graph.Passes;

/// <summary>Two gradients of a picture that is read twice (by the next block and by its shortcut), summed where a batch normalization's gradient reads the sum.</summary>
internal sealed class BatchNormGradientSum : FusionRule
{
    public override string Name => "add + batch norm gradient";

    public override FusedNode? Match(FusionView graph, Node last)
    {
        if (last.Operator is not BatchNormalizationGradient { Frozen: false } op || last.Inputs.Length > 6 || !BatchNormalizationGradient.IsFused(graph.Signature(last))) return null;
        if (graph.Only<Add>(last.Inputs[0]) is not Node add || graph.Type(add.Inputs[0]) != graph.Type(add.Inputs[1]) || add.Inputs[0] == add.Inputs[1]) return null;
        Value mask = last.Inputs.Length == 6 ? last.Inputs[5] : Value.None;
        return new FusedNode(last with { Inputs = [add.Inputs[0], .. last.Inputs.Skip(1).Take(4), mask, add.Inputs[1]] }, add);
    }
}
