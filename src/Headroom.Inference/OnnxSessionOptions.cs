namespace Headroom.Inference;

/// <summary>How a model is run.</summary>
public sealed record OnnxSessionOptions
{
    /// <summary>Threads that one operator may take; null for ONNX Runtime's choice, one a core.</summary>
    public int? Threads { get; init; }

    /// <summary>The same input gives the same bits, run after run, on one machine with one thread count.</summary>
    public bool Deterministic { get; init; } = true;

    /// <summary>Whether ONNX Runtime may rewrite the graph (fuse, fold) before it runs.</summary>
    public bool Optimize { get; init; } = true;

    /// <summary>Execution providers in order of preference, by ONNX Runtime's names without the suffix <c>ExecutionProvider</c> (<c>CUDA</c>, <c>CPU</c>); the processor is always the last resort.</summary>
    public IReadOnlyList<string> Providers { get; init; } = [];
}
