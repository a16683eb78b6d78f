namespace Headroom.Graph.HuggingFace;

/// <summary>Rotary positions (Su et al., arXiv:2104.09864), and how their frequencies are stretched to contexts longer than those trained on.</summary>
public sealed record RopeConfig
{
    /// <summary>The base of the frequencies.</summary>
    public required double Theta { get; init; }

    /// <summary>The rule that changes them: <c>default</c>, <c>linear</c>, <c>dynamic</c>, <c>llama3</c>, <c>yarn</c> and what else the file names.</summary>
    public string Type { get; init; } = "default";

    /// <summary>How many times longer the context becomes.</summary>
    public double Factor { get; init; } = 1;

    /// <summary>Tokens of the context before, where the rule needs it.</summary>
    public int? OriginalPositions { get; init; }

    /// <summary>Of <c>llama3</c>: wavelengths longer than the original context by this factor are stretched whole.</summary>
    public double? LowFrequencyFactor { get; init; }

    /// <summary>Of <c>llama3</c>: wavelengths shorter than it by this factor stay.</summary>
    public double? HighFrequencyFactor { get; init; }

    /// <summary>Of <c>yarn</c> (arXiv:2309.00071): turns in the original context above which a frequency stays.</summary>
    public double? BetaFast { get; init; }

    /// <summary>Of <c>yarn</c>: turns below which it is stretched whole.</summary>
    public double? BetaSlow { get; init; }

    /// <summary>The part of each head that is turned, in (0, 1].</summary>
    public double Part { get; init; } = 1;
}
