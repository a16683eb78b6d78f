using System.Collections.Immutable;
using Headroom.Graph.Models;

namespace Headroom.Graph.Optimization;

/// <summary>Tells the matrices of hidden layers from embeddings and heads, by what reads them.</summary>
internal static class HiddenMatrices
{
    /// <summary>Trainable matrices that are multiplied and nothing else (so no table that is looked up or added), and not in the last product before the loss.</summary>
    public static ImmutableHashSet<Value> Of(Model model)
    {
        // A transposed or reshaped weight stands for itself.
        Dictionary<Value, Value> matrices = model.States.Where(s => s is { Trainable: true, Type.Rank: 2 }).ToDictionary(s => s.Value, s => s.Value);
        HashSet<Value> multiplied = [], otherwise = [];
        foreach (Node node in model.Nodes)
        {
            for (int i = 0; i < node.Inputs.Length; i++)
            {
                if (!matrices.TryGetValue(node.Inputs[i], out Value matrix)) continue;
                if (node.Operator.ViewInput == i) foreach (Value output in node.Outputs.Where(o => o.Exists)) matrices[output] = matrix;
                else (IsProduct(node) ? multiplied : otherwise).Add(matrix);
            }
        }
        IEnumerable<Value> heads = LastProducts(model).SelectMany(n => n.Inputs).Where(matrices.ContainsKey).Select(v => matrices[v]);
        return [.. multiplied.Except(otherwise).Except(heads)];
    }

    private static bool IsProduct(Node node) => node.Operator.Precision == Precision.Half;

    /// <summary>The first products with weights, trained or frozen, on each way back from the loss.</summary>
    private static List<Node> LastProducts(Model model)
    {
        HashSet<Value> weights = [.. model.States.Select(s => s.Value)], seen = [];
        Dictionary<Value, Node> makers = [];
        foreach (Node node in model.Nodes)
        {
            Value[] read = [.. node.Inputs.Where(v => v.Exists && !model.Constants.ContainsKey(v))];
            bool ofWeights = read.Length > 0 && read.All(weights.Contains);
            foreach (Value output in node.Outputs.Where(o => o.Exists))
            {
                makers[output] = node;
                if (ofWeights) weights.Add(output);
            }
        }
        List<Node> found = [];
        Stack<Value> open = new([Objectives.Loss]);
        while (open.TryPop(out Value v))
        {
            if (!v.Exists || !seen.Add(v) || !makers.TryGetValue(v, out Node? node)) continue;
            if (IsProduct(node) && node.Inputs.Any(weights.Contains)) found.Add(node);
            else foreach (Value input in node.Inputs) open.Push(input);
        }
        return found;
    }
}
