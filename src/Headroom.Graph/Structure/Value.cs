namespace Headroom.Graph;

/// <summary>The name of an edge in a graph. Names are unique in their graph; <see cref="None"/> is an absent optional input.</summary>
public readonly record struct Value(string Name)
{
    public static Value None => default;

    public bool Exists => !string.IsNullOrEmpty(Name);

    public override string ToString() => Name ?? "";
}
