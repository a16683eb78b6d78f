using Headroom.Graph.Operators;

namespace Headroom.Graph.Passes;

/// <summary>
/// A branch that comes back to its residual stream, with its bias, and the layer normalization behind the sum; and the cast of the norm where all its readers want bf16. One visit forward; one backward,
/// which adds to the stream's gradient, hands it to the branch in the branch's type, and sums the bias's.
/// </summary>
internal sealed class ResidualNorm : FusionRule
{
    public override string Name => "residual + layer norm";

    public override FusedNode? Match(FusionView graph, Node last)
    {
        if (last.Operator is not LayerNormalization { Stash: null } op || last.Outputs.Length != 3 || last.Outputs.Any(o => !o.Exists)) return null;
        TensorType x = graph.Type(last.Inputs[0]);
        if (!ResidualNormalization.IsStored(x.Element) || x.Shape.Axis(op.Axis) != x.Rank - 1) return null;
        for (int i = 1; i < last.Inputs.Length; i++)
            if (last.Inputs[i].Exists && graph.Type(last.Inputs[i]) != Row(x)) return null;
        Node? narrowed = graph.OnlyReader<Cast>(last.Outputs[0]);
        if (narrowed?.Operator is Cast cast && (cast.To != ElementType.BFloat16 || cast.To == x.Element)) narrowed = null;
        ElementType to = narrowed is null ? x.Element : ElementType.BFloat16;
        var absorbed = new List<Node>();
        if (narrowed is not null) absorbed.Add(narrowed);
        Value stream = last.Inputs[0], branch = Value.None, bias = Value.None;
        // The sum is there when the norm is: whoever reads it before the norm does must find it.
        if (graph.Maker<Add>(stream) is Node add && ReferenceEquals(graph.FirstReader(stream), last) && Branch(graph, add, to) is { } found)
        {
            int side = found.Side;
            absorbed.Add(add);
            if (found.Cast is not null) absorbed.Add(found.Cast);
            (stream, branch) = (add.Inputs[1 - side], found.Cast is null ? add.Inputs[side] : found.Cast.Inputs[0]);
            bias = Bias(graph, ref branch, absorbed);
        }
        if (absorbed.Count == 0) return null;
        Value y = narrowed is null ? last.Outputs[0] : narrowed.Outputs[0];
        var joined = new Node(
            last.Name,
            new ResidualNormalization { Epsilon = op.Epsilon, To = to },
            [stream, branch, bias, last.Inputs[1], last.Inputs.Length > 2 ? last.Inputs[2] : Value.None],
            branch.Exists ? [y, last.Outputs[1], last.Outputs[2], last.Inputs[0]] : [y, last.Outputs[1], last.Outputs[2]]);
        return new FusedNode(joined, absorbed);
    }

    private static TensorType Row(TensorType x) => new(ElementType.Float32, x.Shape[-1]);

    /// <summary>Which summand is the branch, one of the stream's shape and of the norm's type, and the cast behind which it is so; null where none is.</summary>
    private static (int Side, Node? Cast)? Branch(FusionView graph, Node add, ElementType to)
    {
        if (graph.Type(add.Inputs[0]) != graph.Type(add.Inputs[1]) || add.Inputs[0] == add.Inputs[1]) return null;
        for (int side = 1; side >= 0; side--)
        {
            if (graph.Type(add.Inputs[side]).Element == to) return (side, null);
            if (graph.Only<Cast>(add.Inputs[side]) is Node cast && graph.Type(cast.Inputs[0]).Element == to) return (side, cast);
        }
        return null;
    }

    /// <summary>The branch's bias, where one is added to it and to nothing else.</summary>
    private static Value Bias(FusionView graph, ref Value branch, List<Node> absorbed)
    {
        if (graph.Only<Add>(branch) is not Node add) return Value.None;
        for (int i = 1; i >= 0; i--)
        {
            Value bias = add.Inputs[i];
            Node? cast = graph.Widened(ref bias);
            if (graph.Type(bias) != Row(graph.Type(branch)) || graph.Type(add.Inputs[1 - i]) != graph.Type(branch)) continue;
            absorbed.Add(add);
            if (cast is not null) absorbed.Add(cast);
            branch = add.Inputs[1 - i];
            return bias;
        }
        return Value.None;
    }
}
