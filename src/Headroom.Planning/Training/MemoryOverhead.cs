namespace Headroom.Planning.Training;

/// <summary>What a training process takes of an accelerator beside its tensors.</summary>
/// <param name="Context">Bytes of the driver's context and the libraries' workspaces.</param>
/// <param name="Communication">Bytes of the collectives' buffers, where there is more than one accelerator.</param>
/// <param name="Slack">Share of the tensors' bytes that the allocator can't use: fragments and rounding.</param>
public sealed record MemoryOverhead(double Context, double Communication, double Slack)
{
    /// <summary>Of a CUDA process, by published measurements: context 1.3 to 1.6 GiB, NCCL 0.3 to 0.4 GiB.</summary>
    public static MemoryOverhead Cuda { get; } = new(1.45 * (1L << 30), 0.35 * (1L << 30), 0.03);
}
