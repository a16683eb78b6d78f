namespace Headroom.Graph.Passes;

/// <summary>Finds the inputs of a model that decide shapes: a reshape's target, a slice's limits, how many of the top are wanted. They need a value before the model can be specialised.</summary>
public static class ShapeBearing
{
    /// <summary>The inputs whose elements reach, through any nodes, an operator that must know them before the run.</summary>
    public static IReadOnlyList<GraphInput> Inputs(Model model)
    {
        HashSet<Value> needed = Values(model.Nodes);
        return [.. model.Inputs.Where(i => needed.Contains(i.Value))];
    }

    /// <summary>All values that a shape follows from, among nodes in order.</summary>
    internal static HashSet<Value> Values(IReadOnlyList<Node> nodes)
    {
        var needed = new HashSet<Value>();
        for (int i = nodes.Count - 1; i >= 0; i--)
        {
            Node node = nodes[i];
            bool whole = node.Outputs.Any(needed.Contains);
            for (int k = 0; k < node.Inputs.Length; k++)
                if (node.Inputs[k].Exists && !node.Operator.ReadsTypeOnly(k) && (whole || node.Operator.ReadsValue(k))) needed.Add(node.Inputs[k]);
        }
        return needed;
    }

    /// <summary>The model with values in the place of inputs: they are constants then, and fed no longer.</summary>
    /// <param name="model">The model.</param>
    /// <param name="values">A value for each input that is to have one.</param>
    /// <param name="bindings">Values of named dimensions, which the given extents must agree with.</param>
    /// <exception cref="GraphException">There is no such input, or the value doesn't fit it.</exception>
    public static Model Give(Model model, IReadOnlyDictionary<Value, TensorData> values, IReadOnlyDictionary<string, long>? bindings = null)
    {
        var constants = model.Constants.ToBuilder();
        foreach ((Value given, TensorData value) in values)
        {
            GraphInput input = model.Inputs.FirstOrDefault(i => i.Value == given)
                ?? throw new GraphException($"a value is given to '{given}', which is no input; inputs are {string.Join(", ", model.Inputs.Select(i => i.Value))}");
            constants[given] = input.Accept(value, bindings ?? new Dictionary<string, long>());
        }
        return model with { Inputs = [.. model.Inputs.Where(i => !values.ContainsKey(i.Value))], Constants = constants.ToImmutable() };
    }
}
