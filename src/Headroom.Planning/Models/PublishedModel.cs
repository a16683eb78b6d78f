using Headroom.Graph.HuggingFace;

namespace Headroom.Planning.Models;

/// <summary>A model whose sizes its makers published.</summary>
/// <param name="Name">As it is shown.</param>
/// <param name="Aliases">What else it is called, and models of the same sizes.</param>
/// <param name="Parameters">The total that is published of what the config counts; 0 where none is.</param>
/// <param name="Unit">What the total is rounded to, as 1e9 where it reads "8B"; 0 where every weight is counted.</param>
/// <param name="Source">Where the sizes come from.</param>
/// <param name="Config">Its sizes.</param>
public sealed record PublishedModel(string Name, IReadOnlyList<string> Aliases, double Parameters, double Unit, string Source, ModelConfig Config)
{
    /// <summary>Its shape.</summary>
    public TransformerShape Shape { get; } = TransformerShape.Of(Config, Name);
}
