using System.Collections.Immutable;

namespace Headroom.Graph.Passes;

/// <summary>Lets a model that was exported for one batch size take any: the inputs' leading extents get a name, and constants that repeat them are put into a form that doesn't.</summary>
public static class AnyBatch
{
    /// <param name="model">Its inputs' leading extents are the batch, fixed or under any name.</param>
    /// <param name="name">The name that the batch gets.</param>
    /// <exception cref="GraphException">An input has no axes, the inputs disagree on the batch, or a node is bound to it; the node is named.</exception>
    public static Model Run(Model model, string name = "batch")
    {
        foreach (GraphInput i in model.Inputs)
            if (i.Dimensions.IsEmpty) throw new GraphException($"input '{i.Value}' is a scalar: it has no batch");
        Dimension[] leading = [.. model.Inputs.Select(i => i.Dimensions[0]).Distinct()];
        if (leading.Length > 1) throw new GraphException($"the inputs begin with different extents, {string.Join(", ", leading)}: they share no batch");
        Model named = model with { Inputs = [.. model.Inputs.Select(i => i with { Dimensions = [name, .. i.Dimensions.Skip(1)] })] };
        if (leading is [{ Name: null, Extent: long batch }]) named = Freed(named, batch);
        Check(named, name);
        return named;
    }

    private static Model Freed(Model model, long batch)
    {
        HashSet<Value> fed = [.. model.Inputs.Select(i => i.Value)];
        var constants = model.Constants.ToBuilder();
        var nodes = new List<Node>();
        foreach (Node node in model.Nodes)
        {
            ImmutableArray<Value> inputs = node.Inputs;
            if (inputs.Any(fed.Contains))
            {
                foreach (Value o in node.Outputs) if (o.Exists) fed.Add(o);
                for (int k = 0; k < inputs.Length; k++)
                {
                    if (!node.Operator.ReadsValue(k) || !model.Constants.TryGetValue(inputs[k], out TensorData? value)) continue;
                    if (node.Operator.ForAnyBatch(k, value, batch) is not TensorData free) continue;
                    // A copy: another node may read the constant for what it is.
                    var copy = new Value($"{inputs[k]}/any_batch/{node.Name}");
                    constants[copy] = free;
                    inputs = inputs.SetItem(k, copy);
                }
            }
            nodes.Add(node with { Inputs = inputs });
        }
        return model with { Nodes = [.. nodes], Constants = constants.ToImmutable() };
    }

    /// <summary>Types the model at two sizes: each output must follow.</summary>
    private static void Check(Model model, string name)
    {
        foreach (long batch in (long[])[2, 3])
        {
            TypedBuilder typed;
            try
            {
                typed = Specialize.Start(model, model.DimensionNames.ToDictionary(n => n, n => n == name ? batch : 2));
            }
            catch (GraphException e)
            {
                throw new GraphException($"the model can't take a batch of {batch}: {e.Message}\nExport it again with a batch that varies.", e);
            }
            foreach (Value o in model.Outputs)
                if (typed.Type(o) is var t && (t.Rank == 0 || t.Shape[0] != batch))
                    throw new GraphException($"output '{o}' is {t} for a batch of {batch}: it doesn't follow the batch. Export the model again with a batch that varies.");
        }
    }
}
