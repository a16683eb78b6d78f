namespace Headroom.Runtime.Generation;

/// <summary>How the next token is drawn from a language model's logits.</summary>
public sealed record SamplingOptions
{
    /// <summary>Divides the logits: below 1 the likely become likelier. 0 always takes the likeliest: greedy.</summary>
    public double Temperature { get; init; } = 1;

    /// <summary>Only this many of the likeliest are drawn from; null for all.</summary>
    public int? TopK { get; init; }

    /// <summary>Only the likeliest are drawn from, as few as have this probability together; 1 for all. Where <see cref="TopK"/> is given too, probabilities are those among its tokens.</summary>
    public double TopP { get; init; } = 1;

    /// <summary>Tokens that end a text; they are not part of it.</summary>
    public IReadOnlyCollection<int> Stop { get; init; } = [];

    /// <summary>The same seed draws the same text.</summary>
    public ulong Seed { get; init; }

    /// <summary>Whether the likeliest is taken whatever is drawn.</summary>
    public bool IsGreedy => Temperature == 0 || TopK == 1;
}
