namespace Headroom.Planning.Training;

/// <summary>How a training step lies over accelerators: what each holds and computes.</summary>
public readonly record struct TrainingLayout
{
    /// <summary>One accelerator, one sequence at a time, nothing sharded, nothing made again.</summary>
    public TrainingLayout()
    {
    }

    /// <summary>Accelerators that share every matrix (tensor parallelism, arXiv:1909.08053).</summary>
    public int Tensor { get; init; } = 1;

    /// <summary>Stages of a pipeline.</summary>
    public int Pipeline { get; init; } = 1;

    /// <summary>Copies of the model that take different sequences.</summary>
    public int Data { get; init; } = 1;

    /// <summary>Accelerators that share a sequence (context parallelism).</summary>
    public int Context { get; init; } = 1;

    /// <summary>Accelerators that experts are spread over; they take different tokens for all else, so it divides <see cref="Data"/> times <see cref="Context"/>.</summary>
    public int Expert { get; init; } = 1;

    /// <summary>Sequences of one pass.</summary>
    public int MicroBatch { get; init; } = 1;

    /// <summary>Passes of a step.</summary>
    public int Accumulation { get; init; } = 1;

    /// <summary>Parts of the model on each stage of the pipeline (interleaved 1F1B, arXiv:2104.04473).</summary>
    public int Interleave { get; init; } = 1;

    /// <summary>What is made again.</summary>
    public Recompute Recompute { get; init; }

    /// <summary>What is sharded over data-parallel accelerators (arXiv:1910.02054): 0 nothing, 1 optimizer states, 2 gradients too, 3 weights too.</summary>
    public int Zero { get; init; }

    /// <summary>Whether norms and dropouts lie sharded over the tensor-parallel accelerators (arXiv:2205.05198).</summary>
    public bool SequenceParallel { get; init; }

    /// <summary>Whether optimizer states lie in the host's memory, and the update runs there.</summary>
    public bool Offload { get; init; }

    /// <summary>Whether a sharded model lies whole on each accelerator before it is sharded.</summary>
    public bool LoadsWhole { get; init; }

    /// <summary>All of them.</summary>
    public int Devices => Tensor * Pipeline * Data * Context;

    /// <summary>Sequences of a step.</summary>
    public long Batch => (long)Data * MicroBatch * Accumulation;

    /// <inheritdoc/>
    public override string ToString()
    {
        var parts = new List<string>();
        void Add(bool there, string text)
        {
            if (there) parts.Add(text);
        }
        Add(Tensor > 1, $"tensor {Tensor}{(SequenceParallel ? " + sequence" : "")}");
        Add(Pipeline > 1, $"stages {Pipeline}{(Interleave > 1 ? $" x {Interleave}" : "")}");
        Add(Context > 1, $"context {Context}");
        Add(Expert > 1, $"experts {Expert}");
        Add(Data > 1, $"data {Data}");
        Add(Zero > 0, $"ZeRO {Zero}");
        Add(true, $"micro-batch {MicroBatch} x {Accumulation}");
        Add(Recompute != Recompute.None, Recompute == Recompute.Full ? "recompute all" : "recompute attention");
        Add(Offload, "optimizer on the host");
        return string.Join(", ", parts);
    }
}
