using System.Globalization;

namespace Headroom.Graph;

/// <summary>An extent of a graph's input: a number, or a name that gets its value when the graph is specialised.</summary>
public readonly record struct Dimension(long Extent, string? Name)
{
    public static implicit operator Dimension(long extent) => new(extent, null);

    public static implicit operator Dimension(string name) => new(-1, name);

    /// <exception cref="GraphException">The dimension is named and <paramref name="bindings"/> lacks its name.</exception>
    public long Resolve(IReadOnlyDictionary<string, long> bindings)
    {
        if (Name is null) return Extent;
        if (bindings.TryGetValue(Name, out long value) && value >= 0) return value;
        throw new GraphException($"dimension '{Name}' has no value; give one, such as {Name}=1");
    }

    public override string ToString() => Name ?? Extent.ToString(CultureInfo.InvariantCulture);
}
