namespace Headroom.Graph.HuggingFace;

/// <summary>What decoders with layer norms have beside attention and feed-forward networks: GPT-NeoX, GPT-J, GPT-Neo, Falcon, MPT, BLOOM, OPT, StableLM, StarCoder 1 and 2, Command R and Nemotron.</summary>
public sealed record LayerNormConfig
{
    /// <summary>Norms of a layer: one where attention and feed-forward network run beside each other from the same.</summary>
    public required int PerLayer { get; init; }

    /// <summary>Whether they have a bias beside the weight.</summary>
    public bool Bias { get; init; } = true;

    /// <summary>Whether there is one behind the token table (BLOOM).</summary>
    public bool AfterTokens { get; init; }

    /// <summary>Whether there is one behind the last layer.</summary>
    public bool Last { get; init; } = true;

    /// <summary>Rows of the position table; 0 where positions come otherwise.</summary>
    public int PositionRows { get; init; }

    /// <summary>Width of the token table; another than the hidden size where two matrices lead in and out (OPT-350M).</summary>
    public required int TokenWidth { get; init; }

    /// <summary>Whether the head has a bias (GPT-J).</summary>
    public bool HeadBias { get; init; }
}
