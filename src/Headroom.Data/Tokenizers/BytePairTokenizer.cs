using System.Text.Json.Serialization;
using System.Text.RegularExpressions;
using Headroom.Evidence;
using Microsoft.ML.Tokenizers;

namespace Headroom.Data.Tokenizers;

/// <summary>Byte-level byte pairs, encoded by Microsoft.ML.Tokenizers: with that package alone, vocabulary, merges and pattern give the same ids anywhere.</summary>
/// <remarks><c>BpeTokenizer.Create(new BpeOptions(vocabulary) { Merges = merges, ByteLevel = true, PreTokenizer = new RegexPreTokenizer(new Regex(pattern), null) })</c></remarks>
public sealed class BytePairTokenizer : TextTokenizer
{
    /// <summary>What stands for padding in the vocabulary.</summary>
    public const string PadToken = "<pad>";

    private readonly BpeTokenizer tokenizer;

    /// <param name="tokens">Every token at the place of its id, padding first, in GPT-2's byte characters.</param>
    /// <param name="merges">Two tokens with a space between, the first merge first.</param>
    /// <param name="pattern">What cuts text into words.</param>
    /// <param name="lowercase">Whether text is lower-cased first.</param>
    /// <exception cref="InputException">The parts do not make a tokenizer.</exception>
    [JsonConstructor]
    public BytePairTokenizer(IReadOnlyList<string> tokens, IReadOnlyList<string> merges, string pattern, bool lowercase)
    {
        (Tokens, Merges, Pattern, Lowercase) = (tokens, merges, pattern, lowercase);
        try
        {
            tokenizer = BpeTokenizer.Create(new BpeOptions(tokens.Select((t, i) => KeyValuePair.Create(t, i)))
            {
                Merges = merges,
                ByteLevel = true,
                PreTokenizer = new RegexPreTokenizer(new Regex(pattern, RegexOptions.CultureInvariant | RegexOptions.Compiled), null),
            });
        }
        catch (Exception e) when (e is ArgumentException or InvalidOperationException or FormatException or KeyNotFoundException)
        {
            throw new InputException($"tokenizer: the vocabulary is damaged: {e.Message}\nTrain it again.", e);
        }
    }

    public IReadOnlyList<string> Tokens { get; }

    public IReadOnlyList<string> Merges { get; }

    public string Pattern { get; }

    public bool Lowercase { get; }

    /// <inheritdoc/>
    public override int VocabularySize => Tokens.Count;

    /// <inheritdoc/>
    public override int[] Encode(string text) => [.. tokenizer.EncodeToIds(Lowercase ? text.ToLowerInvariant() : text)];

    /// <inheritdoc/>
    public override string Decode(ReadOnlySpan<int> ids)
    {
        var real = new List<int>(ids.Length);
        foreach (var id in ids)
        {
            if (id > PadId && id < Tokens.Count)
            {
                real.Add(id);
            }
        }
        return tokenizer.Decode(real) ?? "";
    }
}
