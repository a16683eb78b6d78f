using System.Collections.Immutable;

namespace Headroom.Graph.HuggingFace;

/// <summary>The picture encoder of a model that reads pictures too (<c>vision_config</c>).</summary>
public sealed record VisionConfig
{
    public required int HiddenSize { get; init; }

    public required int Layers { get; init; }

    public required int Heads { get; init; }

    public required int IntermediateSize { get; init; }

    /// <summary>Pixels a side of a patch.</summary>
    public required int PatchSize { get; init; }

    public required int Channels { get; init; }

    /// <summary>Rows of the position table (Gemma 4 has one such table an axis).</summary>
    public required int Positions { get; init; }

    /// <summary>Frames that one patch spans (Qwen3-VL).</summary>
    public int TemporalPatchSize { get; init; } = 1;

    /// <summary>Patches a side that are merged into one token (Qwen3-VL).</summary>
    public int MergeSize { get; init; } = 1;

    /// <summary>Width of the tokens that the text model gets.</summary>
    public required int OutputSize { get; init; }

    /// <summary>Inner and outer width of the network that merges patches (Llama 4); empty where there is none.</summary>
    public ImmutableArray<int> Adapter { get; init; } = [];

    /// <summary>Layers whose output enters the text model by a merger of its own (Qwen3-VL).</summary>
    public ImmutableArray<int> DeepLayers { get; init; } = [];

    /// <summary>Whether the output is standardised by learned statistics (Gemma 4).</summary>
    public bool Standardized { get; init; }
}

/// <summary>The pictures that a ViT takes.</summary>
/// <param name="Size">Pixels a side.</param>
/// <param name="PatchSize">Pixels a side of a patch, a divisor of <paramref name="Size"/>.</param>
/// <param name="Channels">Colours.</param>
public sealed record ImageConfig(int Size, int PatchSize, int Channels)
{
    public long Patches => (long)(Size / PatchSize) * (Size / PatchSize);
}
