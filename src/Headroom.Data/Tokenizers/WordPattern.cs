namespace Headroom.Data.Tokenizers;

/// <summary>Regular expressions that cut text into the words within which byte pairs are merged. Each covers every character, so nothing is lost.</summary>
public static class WordPattern
{
    /// <summary>Words with the space before them, numbers, punctuation: the pattern of GPT-2 (Radford et al. 2019, openai/gpt-2, MIT).</summary>
    public const string Words = @"'(?:[sdmt]|ll|ve|re)| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+";

    /// <summary>As <see cref="Words"/>, with the parts of an identifier apart: <c>HttpClientHandler</c> is three words, <c>XMLReader</c> two.</summary>
    public const string Identifiers = @"'(?:[sdmt]|ll|ve|re)| ?\p{Lu}+(?!\p{Ll})| ?\p{Lu}?\p{Ll}+| ?\p{L}| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+";
}
