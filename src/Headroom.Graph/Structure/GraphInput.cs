using System.Collections.Immutable;

namespace Headroom.Graph;

/// <summary>A tensor the caller feeds.</summary>
public sealed record GraphInput(Value Value, ElementType Element, ImmutableArray<Dimension> Dimensions)
{
    public TensorType Resolve(IReadOnlyDictionary<string, long> bindings)
    {
        try
        {
            var type = new TensorType(Element, new Shape([.. Dimensions.Select(d => d.Resolve(bindings))]));
            return type.IsOversized ? throw new GraphException($"it would be {type}, more than any machine holds (16 TiB)") : type;
        }
        catch (GraphException e)
        {
            throw new GraphException($"input '{Value}': {e.Message}");
        }
    }

    /// <summary>A value for this input, where it fits.</summary>
    /// <exception cref="GraphException">Its type or an extent is another; a named extent that has no binding takes any.</exception>
    public TensorData Accept(TensorData value, IReadOnlyDictionary<string, long> bindings)
    {
        bool fits = value.Type.Element == Element && value.Type.Rank == Dimensions.Length;
        for (int i = 0; fits && i < Dimensions.Length; i++)
            fits = (Dimensions[i].Name is string name && !bindings.ContainsKey(name)) || value.Type.Shape[i] == Dimensions[i].Resolve(bindings);
        return fits ? value : throw new GraphException($"input '{this}' can't be {value.Type}");
    }

    public override string ToString() => $"{Value}: {Element.ShortName()}[{string.Join(", ", Dimensions)}]";
}
