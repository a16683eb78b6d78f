namespace Headroom.Graph.Passes;

/// <summary>Gives a graph static types: named dimensions get values, what is known before the run is folded, then every shape is inferred.</summary>
public static class Specialize
{
    /// <param name="graph">The model.</param>
    /// <param name="bindings">A value for each named dimension, such as <c>batch = 32</c>.</param>
    /// <param name="values">What shape-bearing inputs are (see <see cref="ShapeBearing"/>); they become constants and are fed no longer.</param>
    /// <exception cref="GraphException">A dimension has no value, a value doesn't fit its input, or a node's inputs don't fit; the node is named.</exception>
    public static TypedGraph Run(Model graph, IReadOnlyDictionary<string, long> bindings, IReadOnlyDictionary<Value, TensorData>? values = null) => Start(graph, bindings, values).Build(graph.Outputs);

    /// <summary>The same with one named dimension, the batch, which most models have.</summary>
    public static TypedGraph Run(Model graph, long batch) => Run(graph, graph.DimensionNames.ToDictionary(n => n, _ => batch));

    /// <summary>The typed builder with the whole graph in it, for passes that go on from there.</summary>
    internal static TypedBuilder Start(Model graph, IReadOnlyDictionary<string, long> bindings, IReadOnlyDictionary<Value, TensorData>? values = null)
    {
        try
        {
            return Typed(graph, bindings, values);
        }
        catch (GraphException e) when (graph.Source.Length > 0)
        {
            throw new GraphException($"{graph.Source}: {e.Message}", e);
        }
    }

    private static TypedBuilder Typed(Model graph, IReadOnlyDictionary<string, long> bindings, IReadOnlyDictionary<Value, TensorData>? values)
    {
        if (values is not null) graph = ShapeBearing.Give(graph, values, bindings);
        var builder = new TypedBuilder(graph.Name);
        foreach (GraphInput input in graph.Inputs) builder.Input(input.Value, input.Resolve(bindings));
        foreach (State state in graph.States) builder.State(state with { Updated = Value.None });
        foreach ((Value value, TensorData data) in graph.Constants.OrderBy(c => c.Key.Name, StringComparer.Ordinal)) builder.Constant(value, data);
        foreach (Node node in graph.Nodes) builder.Add(node);
        foreach (State state in graph.States) if (state.Updated.Exists) builder.Update(state.Value, state.Updated);
        return builder;
    }
}
