using System.Collections.Immutable;
using Headroom.Graph.Operators;

namespace Headroom.Graph.Passes;

/// <summary>
/// Runs matrix work in a half-precision type with fp32 weights: casts stand where a node's precision (<see cref="Operator.Precision"/>) differs from its inputs'.
/// Weights stay fp32 state and are cast in the step, so gradients reach them in fp32.
/// </summary>
/// <remarks>Micikevicius et al., arXiv:1710.03740, with bfloat16, which needs no loss scaling (Kalamkar et al., arXiv:1905.12322).</remarks>
public static class MixedPrecision
{
    public static Model Run(Model model, ElementType compute)
    {
        if (compute is not (ElementType.BFloat16 or ElementType.Float16)) throw new GraphException($"mixed precision computes in bf16 or fp16, not {compute.ShortName()}");
        Dictionary<Value, ElementType> types = Start(model);
        var nodes = new List<Node>();
        var casts = new Dictionary<(Value, ElementType), Value>();
        var makers = new Dictionary<Value, Node>();
        foreach (Node node in model.Nodes)
        {
            ElementType? wanted = Wanted(node, types, compute);
            ImmutableArray<Value> inputs = node.Inputs;
            if (wanted is ElementType to)
                inputs = [.. node.Inputs.Select((v, i) => v.Exists && Castable(node, i, types, to) ? Cast(v, to) : v)];
            nodes.Add(node with { Inputs = inputs });
            foreach (Value v in node.Outputs) if (v.Exists) makers[v] = nodes[^1];
            foreach ((Value v, int o) in node.Outputs.Select((v, o) => (v, o)))
                if (v.Exists) types[v] = node.Operator.OutputElement(o, [.. inputs.Select(i => i.Exists ? types[i] : ElementType.Float32)]);
        }
        // What the caller reads keeps the type it had.
        foreach (Value output in model.Outputs)
        {
            if (types[output] != compute) continue;
            int at = nodes.FindIndex(n => n.Outputs.Contains(output));
            var half = new Value(output + "." + compute.ShortName());
            Replace(nodes, output, half);
            nodes.Insert(at + 1, new Node(output + ".cast", new Cast { To = ElementType.Float32 }, [half], [output]));
        }
        return model with { Nodes = [.. nodes] };

        Value Cast(Value v, ElementType to)
        {
            if (casts.TryGetValue((v, to), out Value known)) return known;
            // A frozen weight that is kept in the half type, or packed, is not made fp32 first.
            Node? maker = makers.GetValueOrDefault(v);
            var cast = new Value($"{v}.{to.ShortName()}");
            nodes.Add(maker?.Operator.Giving(to) is Operator giving
                ? maker with { Name = cast.Name, Operator = giving, Outputs = [cast] }
                : new Node(cast.Name, new Cast { To = to }, [v], [cast]));
            types[cast] = to;
            return casts[(v, to)] = cast;
        }
    }

    private static void Replace(List<Node> nodes, Value from, Value to)
    {
        for (int i = 0; i < nodes.Count; i++)
        {
            nodes[i] = nodes[i] with
            {
                Inputs = [.. nodes[i].Inputs.Select(v => v == from ? to : v)],
                Outputs = [.. nodes[i].Outputs.Select(v => v == from ? to : v)],
            };
        }
    }

    /// <summary>The floating type a node's inputs should have; null where it takes what comes.</summary>
    private static ElementType? Wanted(Node node, Dictionary<Value, ElementType> types, ElementType compute) => node.Operator.Precision switch
    {
        Precision.Half => compute,
        Precision.Full => ElementType.Float32,
        // Mixed operands meet in the half type when the first floating one has it: a bias follows its product, a residual stream keeps fp32.
        Precision.First when node.Inputs.Length > 1 && node.Inputs.FirstOrDefault(v => v.Exists && types[v].IsFloat()) is { Exists: true } first => types[first],
        _ => null,
    };

    private static bool Castable(Node node, int input, Dictionary<Value, ElementType> types, ElementType to)
        => types[node.Inputs[input]] != to && types[node.Inputs[input]].IsFloat() && node.Operator.CastsInput(input);

    private static Dictionary<Value, ElementType> Start(Model model)
    {
        var types = new Dictionary<Value, ElementType>();
        foreach (GraphInput i in model.Inputs) types[i.Value] = i.Element;
        foreach (State s in model.States) types[s.Value] = s.Type.Element;
        foreach ((Value v, TensorData d) in model.Constants) types[v] = d.Type.Element;
        return types;
    }
}
