using System.Collections.Immutable;

namespace Headroom.Graph;

/// <summary>An operator applied to values. Inputs may be <see cref="Value.None"/>, outputs may be too where nobody reads them.</summary>
public sealed record Node(string Name, Operator Operator, ImmutableArray<Value> Inputs, ImmutableArray<Value> Outputs)
{
    public override string ToString() => $"{string.Join(", ", Outputs)} = {Operator.Name}({string.Join(", ", Inputs)})";
}
