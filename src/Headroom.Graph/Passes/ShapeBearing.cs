namespace Headroom.Graph.Passes;

/// <summary>Finds the inputs of a model that decide shapes: a reshape's target, a slice's limits, how many of the top are wanted. They need a value before the model can be specialised.</summary>
public static class ShapeBearing
{
    /// <summary>The inputs whose elements reach, through any nodes, an operator that must know them before the run.</summary>
    public static IReadOnlyList<GraphInput> Inputs(Model model)
    {
        var needed = new HashSet<Value>();
        for (int i = model.Nodes.Length - 1; i >= 0; i--)
        {
            Node node = model.Nodes[i];
            bool whole = node.Outputs.Any(needed.Contains);
            for (int k = 0; k < node.Inputs.Length; k++)
                if (node.Inputs[k].Exists && !node.Operator.ReadsTypeOnly(k) && (whole || node.Operator.ReadsValue(k))) needed.Add(node.Inputs[k]);
        }
        return [.. model.Inputs.Where(i => needed.Contains(i.Value))];
    }
}
