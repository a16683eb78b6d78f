using System.Collections.Immutable;

namespace Headroom.Graph;

/// <summary>
/// A model as it is built, read or exported: nodes in an order in which every input is there before it is used, inputs that may have named dimensions, and state.
/// Immutable; <see cref="Passes.Specialize"/> gives it static types.
/// </summary>
public sealed record Model(string Name)
{
    /// <summary>The file it was read from, as messages call it; empty where it was built.</summary>
    public string Source { get; init; } = "";

    public ImmutableArray<GraphInput> Inputs { get; init; } = [];

    public ImmutableArray<State> States { get; init; } = [];

    public ImmutableDictionary<Value, TensorData> Constants { get; init; } = ImmutableDictionary<Value, TensorData>.Empty;

    public ImmutableArray<Node> Nodes { get; init; } = [];

    public ImmutableArray<Value> Outputs { get; init; } = [];

    /// <summary>Free text kept in an exported file: classes, preprocessing, provenance.</summary>
    public ImmutableSortedDictionary<string, string> Metadata { get; init; } = ImmutableSortedDictionary<string, string>.Empty;

    /// <summary>Trainable elements.</summary>
    public long Parameters => States.Where(s => s.Trainable).Sum(s => s.Type.Elements);

    /// <summary>The named dimensions of all inputs, in order of appearance.</summary>
    public IEnumerable<string> DimensionNames => Inputs.SelectMany(i => i.Dimensions).Where(d => d.Name is not null).Select(d => d.Name!).Distinct();
}
