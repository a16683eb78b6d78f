namespace Headroom.Graph.Passes;

/// <summary>In which form frozen weights are kept while adapters are trained.</summary>
public enum BaseStorage
{
    /// <summary>As they are.</summary>
    Same,

    BFloat16,

    /// <summary>8 bits and a scale for 64 elements; what has no adapter, as embeddings, in bf16.</summary>
    Int8,

    /// <summary>4 bits and a scale for 64 elements, as QLoRA has them; what has no adapter in bf16.</summary>
    Nf4,
}

/// <summary>Which adapters a model gets.</summary>
/// <remarks>Hu et al., arXiv:2106.09685.</remarks>
public sealed record LowRankOptions
{
    /// <summary>Columns of A and rows of B.</summary>
    public int Rank { get; init; } = 8;

    /// <summary>The adapter's part counts <c>alpha / rank</c>.</summary>
    public double Alpha { get; init; } = 16;

    /// <summary>Names of the weights that get one, where <c>*</c> stands for any characters; a name without it is matched anywhere in a weight's: <c>q_proj</c>.</summary>
    public IReadOnlyList<string> Targets { get; init; } = ["*"];

    /// <summary>Names of weights that are trained whole beside the adapters: a new head. Patterns as in <see cref="Targets"/>.</summary>
    public IReadOnlyList<string> Whole { get; init; } = [];

    public BaseStorage Base { get; init; }
}
