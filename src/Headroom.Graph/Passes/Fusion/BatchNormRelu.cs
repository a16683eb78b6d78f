using Headroom.Graph.Operators;

namespace Headroom.Graph.Passes;

/// <summary>A batch normalization, the residual added to it, if one is, and the ReLU behind: one visit to the picture forward, two backward.</summary>
internal sealed class BatchNormRelu : FusionRule
{
    public override string Name => "batch norm + add + relu";

    public override FusedNode? Match(FusionView graph, Node last)
    {
        if (last.Operator is not Relu) return null;
        if (Norm(graph, last.Inputs[0]) is Node norm) return new FusedNode(Joined(norm, last, Value.None), norm);
        if (graph.Only<Add>(last.Inputs[0]) is not Node add || graph.Type(add.Inputs[0]) != graph.Type(add.Inputs[1])) return null;
        for (int i = 0; i < 2; i++)
            if (Norm(graph, add.Inputs[i]) is Node summand) return new FusedNode(Joined(summand, last, add.Inputs[1 - i]), summand, add);
        return null;
    }

    private static Node? Norm(FusionView graph, Value v)
        => graph.Only<BatchNormalizationTraining>(v) is Node n && n.Operator is BatchNormalizationTraining { Relu: false } op && n.Inputs.Length == 5 && op.IsFused(graph.Signature(n)) ? n : null;

    private static Node Joined(Node norm, Node relu, Value residual)
    {
        var op = (BatchNormalizationTraining)norm.Operator;
        return new Node(
            norm.Name,
            new BatchNormalizationTraining { Epsilon = op.Epsilon, Momentum = op.Momentum, Relu = true },
            residual.Exists ? [.. norm.Inputs, residual] : norm.Inputs,
            [relu.Outputs[0], .. norm.Outputs.Skip(1)]);
    }
}
