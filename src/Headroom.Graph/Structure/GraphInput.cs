using System.Collections.Immutable;

namespace Headroom.Graph;

/// <summary>A tensor the caller feeds.</summary>
public sealed record GraphInput(Value Value, ElementType Element, ImmutableArray<Dimension> Dimensions)
{
    public TensorType Resolve(IReadOnlyDictionary<string, long> bindings)
    {
        try
        {
            return new TensorType(Element, new Shape([.. Dimensions.Select(d => d.Resolve(bindings))]));
        }
        catch (GraphException e)
        {
            throw new GraphException($"input '{Value}': {e.Message}");
        }
    }

    public override string ToString() => $"{Value}: {Element.ShortName()}[{string.Join(", ", Dimensions)}]";
}
