using Headroom.Graph.Operators;

namespace Headroom.Graph.Passes;

/// <summary>
/// Lets images lie channels-last in memory where convolutions gain by it and everything that reads or writes them takes them so. Shapes and meaning stay; only where an element lies changes, so nothing is ever
/// converted on the way.
/// </summary>
/// <remarks>oneDNN's convolutions read and write channels-last images without a reorder; batch normalization and sums over all but the channels become passes over rows.</remarks>
public static class ChannelsLast
{
    /// <returns>The same graph, with <see cref="TypedGraph.ChannelsLast"/> set.</returns>
    public static TypedGraph Run(TypedGraph graph)
    {
        graph = Turn(graph);
        var groups = new Groups();
        HashSet<Value> blocked = [.. graph.Inputs.Select(i => i.Value), .. graph.States.Select(s => s.Value), .. graph.States.Select(s => s.Updated), .. graph.Constants.Keys, .. graph.Outputs];
        var gaining = new HashSet<Value>();
        var images = new HashSet<Value>();
        foreach (Node node in graph.Nodes)
        {
            LayoutPorts ports = node.Operator.Layout(graph.Signature(node));
            for (int i = 0; i < node.Inputs.Length; i++)
                if (node.Inputs[i].Exists && !ports.InputsAlike.Contains(i) && !ports.FreeInputs.Contains(i) && !node.Operator.AcceptsStrides(i)) blocked.Add(node.Inputs[i]);
            for (int o = 0; o < node.Outputs.Length; o++)
            {
                if (!node.Outputs[o].Exists) continue;
                if (graph.Type(node.Outputs[o]).Rank == 4) images.Add(node.Outputs[o]);
                if (!ports.OutputsAlike.Contains(o) && !ports.FreeOutputs.Contains(o)) blocked.Add(node.Outputs[o]);
            }
            List<Value> alike = [.. ports.InputsAlike.Select(i => node.Inputs[i]), .. ports.OutputsAlike.Select(o => node.Outputs[o])];
            alike.RemoveAll(v => !v.Exists);
            foreach (Value v in alike) groups.Join(alike[0], v);
            if (!ports.Gains) continue;
            foreach (Value v in ports.FreeInputs.Select(i => node.Inputs[i]).Concat(ports.FreeOutputs.Select(o => node.Outputs[o])).Concat(alike)) if (v.Exists) gaining.Add(v);
        }
        HashSet<Value> fixedGroups = [.. blocked.Where(v => v.Exists).Select(groups.Of)], wanted = [.. gaining.Select(groups.Of)];
        return graph.InLayout(images.Where(v => wanted.Contains(groups.Of(v)) && !fixedGroups.Contains(groups.Of(v))));
    }

    /// <summary>Pictures that are fed row by row are turned once, not by every convolution that reads them.</summary>
    private static TypedGraph Turn(TypedGraph graph)
    {
        HashSet<Value> fed = [.. graph.Inputs.Where(i => i.Type.Rank == 4).Select(i => i.Value)];
        var turned = new Dictionary<Value, Value>();
        var nodes = new List<Node>(graph.Nodes.Length);
        foreach (Node node in graph.Nodes)
        {
            LayoutPorts ports = node.Operator.Layout(graph.Signature(node));
            List<int> pictures = ports.Gains ? [.. ports.FreeInputs.Where(i => fed.Contains(node.Inputs[i]))] : [];
            foreach (Value v in pictures.Select(i => node.Inputs[i]).Where(v => !turned.ContainsKey(v)))
                nodes.Add(new Node($"{v}.channels_last", new Identity(), [v], [turned[v] = new Value($"{v}.channels_last")]));
            nodes.Add(pictures.Count == 0 ? node : node with { Inputs = [.. node.Inputs.Select((v, i) => pictures.Contains(i) ? turned[v] : v)] });
        }
        return turned.Count == 0 ? graph : TypedBuilder.From(graph, nodes).Build(graph.Outputs);
    }

    /// <summary>Values that must lie alike.</summary>
    private sealed class Groups
    {
        private readonly Dictionary<Value, Value> _parents = [];

        public Value Of(Value v)
        {
            while (_parents.TryGetValue(v, out Value parent) && parent != v) v = parent;
            return v;
        }

        public void Join(Value a, Value b) => _parents[Of(b)] = Of(a);
    }
}
