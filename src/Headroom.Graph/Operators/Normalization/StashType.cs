using Headroom.Graph.Onnx;

namespace Headroom.Graph.Operators;

/// <summary>ONNX's <c>stash_type</c>: the precision of a normalization's first stage. Ours is fp32 or wider in any case, so it only says what the statistics are put out in.</summary>
internal static class StashType
{
    /// <exception cref="GraphException">The number is no floating type.</exception>
    public static ElementType Read(OnnxAttributes a)
    {
        long code = a.Int("stash_type", 1);
        return OnnxTypes.Element(code) is ElementType type && type.IsFloat() ? type : throw new GraphException($"stash_type is ONNX's type {OnnxTypes.Name(code)}; a floating type is needed");
    }
}
