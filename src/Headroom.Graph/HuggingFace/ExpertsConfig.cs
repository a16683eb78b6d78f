namespace Headroom.Graph.HuggingFace;

/// <summary>A mixture of experts: a router sends each token to a few of many feed-forward networks.</summary>
public sealed record ExpertsConfig
{
    /// <summary>Experts that the router chooses from, in each layer that has them.</summary>
    public required int Number { get; init; }

    /// <summary>Experts that a token goes to.</summary>
    public required int Active { get; init; }

    /// <summary>Inner width of one expert.</summary>
    public required int IntermediateSize { get; init; }

    /// <summary>Inner width of the network that every token passes too, all shared experts together; 0 without.</summary>
    public int SharedIntermediateSize { get; init; }

    /// <summary>Whether a gate of one output weighs the shared network (Qwen 2).</summary>
    public bool SharedGate { get; init; }

    /// <summary>Width that a token is brought to before its routed experts and back from after them, where that isn't the hidden size (Nemotron 3 Super).</summary>
    public int? LatentSize { get; init; }

    /// <summary>Whether experts and router have biases (gpt-oss).</summary>
    public bool Bias { get; init; }

    /// <summary>Whether the router has a bias an expert that evens out their load (DeepSeek-V3, arXiv:2408.15664).</summary>
    public bool CorrectionBias { get; init; }
}
