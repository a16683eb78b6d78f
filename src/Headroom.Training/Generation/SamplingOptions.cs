namespace Headroom.Training.Generation;

/// <summary>How the next token is drawn from a language model's logits.</summary>
public sealed record SamplingOptions
{
    /// <summary>Divides the logits: below 1 the likely become likelier. 0 always takes the likeliest.</summary>
    public double Temperature { get; init; } = 1;

    /// <summary>Only this many of the likeliest are drawn from; null for all.</summary>
    public int? TopK { get; init; }

    public ulong Seed { get; init; }
}
