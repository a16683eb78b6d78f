namespace Headroom.Data.Tokenizers;

/// <summary>How a byte-pair vocabulary is trained.</summary>
public sealed record BytePairOptions
{
    /// <summary>Ids in all: padding, 256 bytes, and as many merges as the texts have to give.</summary>
    public int VocabularySize { get; init; } = 8_192;

    /// <summary>What cuts texts into words; see <see cref="WordPattern"/>.</summary>
    public string Pattern { get; init; } = WordPattern.Words;

    /// <summary>Whether texts are lower-cased first; decoding then gives lower case.</summary>
    public bool Lowercase { get; init; }

    /// <summary>How often a pair must occur to be merged.</summary>
    public int MinFrequency { get; init; } = 2;
}
