using Headroom.Graph;
using Headroom.Graph.Operators;
using Headroom.Graph.Passes;

namespace Headroom.Planning.Vision;

/// <summary>A graph as <see cref="VisionEstimator"/> reckons with networks: what one row of its batch takes.</summary>
public static class GraphNetwork
{
    /// <summary>The network of a graph.</summary>
    /// <param name="model">In its inference form.</param>
    /// <param name="name">What it is called.</param>
    /// <param name="dimensions">Values of named dimensions; those that lead an input are 1 where nothing is said.</param>
    /// <exception cref="GraphException">A named dimension has no value, or shapes don't fit.</exception>
    public static ImageNetwork Of(Model model, string name, IReadOnlyDictionary<string, long> dimensions)
    {
        var bindings = new Dictionary<string, long>(dimensions);
        foreach (string given in dimensions.Keys)
            if (!model.DimensionNames.Contains(given)) throw new GraphException($"the model has no dimension '{given}'; it has {(model.DimensionNames.Any() ? string.Join(", ", model.DimensionNames) : "none that is named")}");
        foreach (GraphInput input in model.Inputs)
            if (input.Dimensions.Length > 0 && input.Dimensions[0].Name is string leading) bindings.TryAdd(leading, 1);
        TypedGraph graph = Specialize.Run(model, bindings);
        // Products are what mixed precision computes in fewer bits: convolutions, matrix products, attention.
        double written = graph.Nodes.Where(n => n.Operator.Precision == Precision.Half).Sum(n => n.Outputs.Where(o => o.Exists).Sum(o => (double)graph.Type(o).Elements));
        int convolutions = graph.Nodes.Count(n => n.Operator is Conv), softmaxes = graph.Nodes.Count(n => n.Operator is Softmax or Attention);
        // One convolution cuts a picture into patches; more of them are the network itself.
        return new(name, graph.Cost().Work.Value / 2.0, written, model.States.Sum(s => (double)s.Type.Elements), Attention: convolutions <= 1 && softmaxes > 0);
    }
}
