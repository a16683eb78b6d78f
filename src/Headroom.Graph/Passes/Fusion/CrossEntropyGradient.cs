using Headroom.Graph.Operators;

namespace Headroom.Graph.Passes;

/// <summary>The cross-entropy that a step minimises and its gradient: one visit to the scores, which the gradient takes the place of.</summary>
internal sealed class CrossEntropyGradient : FusionRule
{
    public override string Name => "cross-entropy + gradient";

    public override FusedNode? Match(FusionView graph, Node last)
    {
        if (last.Operator is not SoftmaxCrossEntropyLossGradient { Reduction: not LossReduction.None } op || !IsOne(graph.Constant(last.Inputs[0]))) return null;
        (Value scores, Value labels, Value logSum) = (last.Inputs[1], last.Inputs[2], last.Inputs[3]);
        if (last.Inputs.Skip(4).Any(v => v.Exists) || !SoftmaxCrossEntropyLossAndGradient.Takes(graph.Type(scores))) return null;
        if (graph.Only<SoftmaxCrossEntropyLossTraining>(logSum) is not Node loss || loss.Inputs[0] != scores || loss.Inputs[1] != labels) return null;
        var forward = (SoftmaxCrossEntropyLossTraining)loss.Operator;
        if (forward.Reduction != op.Reduction || forward.IgnoreIndex != op.IgnoreIndex) return null;
        Value total = loss.Outputs[0];
        Node? name = graph.OnlyReader<Identity>(total);
        if (name is not null) total = name.Outputs[0];
        // The loss is there when its gradient is: it may be read from outside only.
        if (graph.FirstReader(total) is not null) return null;
        var joined = new Node(loss.Name, new SoftmaxCrossEntropyLossAndGradient(op), [scores, labels], [total, last.Outputs[0]]);
        return name is null ? new FusedNode(joined, loss) : new FusedNode(joined, loss, name);
    }

    private static bool IsOne(TensorData? data) => data is { Type.Elements: 1 } && data.ToDoubles()[0] == 1;
}
