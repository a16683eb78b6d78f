namespace Headroom.Graph;

/// <summary>Reverse-mode automatic differentiation: appends to a typed graph the nodes that compute a scalar's gradient by trainable state.</summary>
/// <remarks>Baydin et al., arXiv:1502.05767, section 3.2.</remarks>
public static class Differentiate
{
    /// <param name="builder">Holds the forward graph; the gradient's nodes are appended.</param>
    /// <param name="loss">A floating scalar.</param>
    /// <param name="wanted">The values to differentiate by.</param>
    /// <param name="ready">Called once a gradient is complete, in the order in which they become so: an update added here lets the gradient's buffer go at once. None when the loss doesn't depend on the value.</param>
    /// <exception cref="GraphException">The loss is no floating scalar, or an operator on the way has no gradient.</exception>
    public static void Run(TypedBuilder builder, Value loss, IReadOnlyCollection<Value> wanted, Action<Value, Value> ready)
    {
        TensorType type = builder.Type(loss);
        if (type.Elements != 1 || !type.Element.IsFloat()) throw new GraphException($"the loss '{loss}' is {type}; a single floating number is needed: take its mean");
        List<Node> forward = [.. builder.Nodes];
        HashSet<Value> needs = Influenced(builder, forward, wanted);
        var pending = new Dictionary<Value, int>();
        foreach (Node n in forward)
            if (n.Outputs.Any(needs.Contains))
                foreach (Value v in n.Inputs.Distinct()) pending[v] = pending.GetValueOrDefault(v) + 1;
        HashSet<Value> targets = [.. wanted];
        var gradients = new Dictionary<Value, Value>
        {
            [loss] = builder.Constant(TensorData.Fill(type.Element, type.Shape, 1), "headroom.one"),
        };
        foreach (Value v in wanted.Where(v => !pending.ContainsKey(v))) ready(v, gradients.GetValueOrDefault(v));
        for (int i = forward.Count - 1; i >= 0; i--)
        {
            Node node = forward[i];
            if (!node.Outputs.Any(needs.Contains)) continue;
            if (node.Outputs.Any(o => o.Exists && gradients.ContainsKey(o))) Visit(builder, node, needs, gradients);
            foreach (Value o in node.Outputs) if (o.Exists && !targets.Contains(o)) gradients.Remove(o);
            foreach (Value v in node.Inputs.Distinct())
                if (--pending[v] == 0 && targets.Contains(v)) ready(v, gradients.GetValueOrDefault(v));
        }
    }

    private static void Visit(TypedBuilder builder, Node node, HashSet<Value> needs, Dictionary<Value, Value> gradients)
    {
        try
        {
            node.Operator.Gradient(new Backward(builder, node, builder.Signature(node), needs.Contains, gradients));
        }
        catch (GraphException e) when (!e.Message.StartsWith("node '", StringComparison.Ordinal))
        {
            throw GraphException.At(node, e.Message);
        }
    }

    /// <summary>The floating values that depend on a wanted one.</summary>
    private static HashSet<Value> Influenced(TypedBuilder builder, List<Node> nodes, IReadOnlyCollection<Value> wanted)
    {
        HashSet<Value> set = [.. wanted];
        foreach (Node n in nodes)
            if (n.Inputs.Any(set.Contains))
                foreach (Value o in n.Outputs) if (o.Exists && builder.Type(o).Element.IsFloat()) set.Add(o);
        return set;
    }
}
