using System.IO.Enumeration;
using Headroom.Graph.Operators;
using Headroom.Graph.Passes;

namespace Headroom.Graph.Models;

/// <summary>What fine-tuning does to a model made by others: a new head, frozen weights, inputs under our names. Each gives a new model.</summary>
public static class Transfer
{
    /// <summary>Cuts off the last layer with weights and all after it, and puts a linear layer of random weights in its place, whose output is <c>logits [batch, classes]</c>.</summary>
    /// <param name="model">Its inputs have named batches (see <see cref="AnyBatch"/>).</param>
    /// <param name="classes">The new head's outputs.</param>
    /// <exception cref="GraphException">There is no layer to cut at, or it doesn't take <c>[batch, features]</c>.</exception>
    public static Model ReplaceHead(Model model, long classes)
    {
        Node head = Head(model);
        Value features = head.Inputs[0];
        TensorType type = Specialize.Start(model, model.DimensionNames.ToDictionary(n => n, _ => 2L)).Type(features);
        if (type.Rank != 2) throw new GraphException($"node '{head.Name}' ({head.Operator.Name}) is the last with weights and takes {type}; a head over [batch, features] can be replaced");
        Model body = Upto(model, features);
        ModelBuilder m = ModelBuilder.From(body);
        string name = Free(body, "head");
        Value weight = m.Weight(name + ".weight", Initializer.FanIn(type.Shape[1]), type.Shape[1], classes), bias = m.Weight(name + ".bias", Initializer.FanIn(type.Shape[1]), classes);
        Value logits = m.AddNamed(Free(body, "logits"), new Add(), m.Add(new MatMul(), features, weight), bias);
        return m.Build(logits) with { Metadata = model.Metadata };
    }

    /// <summary>Keeps training from the weights whose names fit a pattern, where <c>*</c> stands for any characters.</summary>
    /// <exception cref="GraphException">A pattern fits no weight.</exception>
    public static Model Freeze(Model model, IEnumerable<string> patterns)
    {
        string[] all = [.. patterns];
        string[] weights = [.. model.States.Where(s => s.Trainable).Select(s => s.Value.Name)];
        foreach (string pattern in all)
            if (!weights.Any(w => FileSystemName.MatchesSimpleExpression(pattern, w, ignoreCase: false))) throw new GraphException($"no weight is called '{pattern}'; there are {string.Join(", ", weights.Take(30))}");
        return model with { States = [.. model.States.Select(s => all.Any(p => FileSystemName.MatchesSimpleExpression(p, s.Value.Name, ignoreCase: false)) ? s with { Trainable = false } : s)] };
    }

    /// <summary>Gives a value, be it input or output, another name.</summary>
    /// <exception cref="GraphException">Another value has that name.</exception>
    public static Model Renamed(Model model, Value from, Value to)
    {
        if (from == to) return model;
        if (Names(model).Contains(to.Name)) throw new GraphException($"'{from}' can't be called '{to}': another value is");
        Value Swap(Value v) => v == from ? to : v;
        return model with
        {
            Inputs = [.. model.Inputs.Select(i => i with { Value = Swap(i.Value) })],
            Nodes = [.. model.Nodes.Select(n => n with { Inputs = [.. n.Inputs.Select(Swap)], Outputs = [.. n.Outputs.Select(Swap)] })],
            Outputs = [.. model.Outputs.Select(Swap)],
        };
    }

    /// <summary>Divides an input by a number before the model sees it: pixels from 0 to 255 for a network that was trained on 0 to 1.</summary>
    public static Model Divided(Model model, Value input, float by)
    {
        if (by == 1) return model;
        GraphInput declared = model.Inputs.Single(i => i.Value == input);
        var divisor = new Value(Free(model, "input_divisor"));
        var inner = new Value(Free(model, "input_divided"));
        Model moved = Renamed(model, input, inner);
        return moved with
        {
            Inputs = [.. model.Inputs],
            Constants = moved.Constants.SetItem(divisor, TensorData.Fill(declared.Element, Shape.Scalar, by)),
            Nodes = [new Node(inner.Name, new Div(), [input, divisor], [inner]), .. moved.Nodes],
        };
    }

    /// <summary>The last node of matrix work between what is fed and weights.</summary>
    private static Node Head(Model model)
    {
        HashSet<Value> fed = [.. model.Inputs.Select(i => i.Value)];
        Node? last = null;
        foreach (Node n in model.Nodes)
        {
            if (!n.Inputs.Any(fed.Contains)) continue;
            foreach (Value o in n.Outputs) if (o.Exists) fed.Add(o);
            if (n.Operator.Precision == Precision.Half && n.Inputs.Length >= 2 && fed.Contains(n.Inputs[0]) && !fed.Contains(n.Inputs[1])) last = n;
        }
        return last ?? throw new GraphException("the model has no layer with weights whose head could be replaced");
    }

    /// <summary>What is needed for one value, and nothing else.</summary>
    private static Model Upto(Model model, Value value)
    {
        HashSet<Value> live = [value];
        var nodes = new List<Node>();
        foreach (Node n in model.Nodes.Reverse())
        {
            if (!n.Outputs.Any(live.Contains)) continue;
            live.UnionWith(n.Inputs.Where(v => v.Exists));
            nodes.Add(n);
        }
        nodes.Reverse();
        return model with
        {
            Inputs = [.. model.Inputs.Where(i => live.Contains(i.Value))],
            States = [.. model.States.Where(s => live.Contains(s.Value))],
            Constants = model.Constants.RemoveRange(model.Constants.Keys.Where(c => !live.Contains(c))),
            Nodes = [.. nodes],
            Outputs = [value],
        };
    }

    private static HashSet<string> Names(Model model) =>
        [.. model.Inputs.Select(i => i.Value.Name), .. model.States.Select(s => s.Value.Name), .. model.Constants.Keys.Select(c => c.Name), .. model.Nodes.SelectMany(n => n.Outputs).Where(o => o.Exists).Select(o => o.Name)];

    private static string Free(Model model, string wanted)
    {
        HashSet<string> taken = Names(model);
        bool Taken(string name) => taken.Any(t => t == name || t.StartsWith(name + ".", StringComparison.Ordinal));
        return Enumerable.Range(0, int.MaxValue).Select(i => i == 0 ? wanted : $"{wanted}_{i}").First(n => !Taken(n));
    }
}
