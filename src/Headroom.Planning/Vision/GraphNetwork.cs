using Headroom.Graph;
using Headroom.Graph.Inspection;

namespace Headroom.Planning.Vision;

/// <summary>A graph as <see cref="VisionEstimator"/> reckons with networks: what one row of its batch takes.</summary>
public static class GraphNetwork
{
    private static readonly HashSet<string> Products = ["Conv", "ConvTranspose", "MatMul", "Gemm", "Einsum", "FusedConv"];

    private const double ElementBytes = 4;

    /// <summary>The network of a graph.</summary>
    /// <param name="model">In its inference form, in fp32.</param>
    /// <param name="name">What it is called.</param>
    /// <param name="dimensions">Values of named dimensions other than the batch.</param>
    /// <exception cref="GraphException">A named dimension has no value, or shapes don't fit.</exception>
    public static ImageNetwork Of(Model model, string name, IReadOnlyDictionary<string, long> dimensions)
    {
        ModelSummary s = ModelSummary.Of(model, 1, dimensions);
        double written = s.Operators.Where(o => Products.Contains(o.Operator)).Sum(o => (double)o.Written.Value) / ElementBytes;
        int convolutions = s.Operators.Where(o => o.Operator == "Conv").Sum(o => o.Count), softmaxes = s.Operators.Where(o => o.Operator is "Softmax" or "Attention").Sum(o => o.Count);
        // One convolution cuts a picture into patches; more of them are the network itself.
        return new(name, s.ForwardFlops.Value / 2.0, written, s.ParameterCount, Attention: convolutions <= 1 && softmaxes > 0);
    }
}
