namespace Headroom.Data.Loading;

/// <summary>How batches are drawn.</summary>
public sealed record LoaderOptions
{
    /// <summary>Rows a batch.</summary>
    public int BatchSize { get; init; } = 32;

    public ulong Seed { get; init; }

    /// <summary>Whether each epoch has an order of its own; otherwise rows come as they are given.</summary>
    public bool Shuffle { get; init; } = true;

    public LastBatch LastBatch { get; init; } = LastBatch.Drop;

    /// <summary>Batches made ahead of the consumer.</summary>
    public int Ahead { get; init; } = 2;

    /// <summary>The epoch at which the loader ends, counted from the first one of all; null is endless.</summary>
    public int? Epochs { get; init; }
}
