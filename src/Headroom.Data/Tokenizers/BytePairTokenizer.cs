using System.Collections.Frozen;
using System.Text;
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
    private readonly Regex words;
    private readonly FrozenDictionary<string, int>? whole;

    /// <param name="tokens">Every token at the place of its id, padding first, in GPT-2's byte characters.</param>
    /// <param name="merges">Two tokens with a space between, the first merge first.</param>
    /// <param name="pattern">What cuts text into words.</param>
    /// <param name="lowercase">Whether text is lower-cased first.</param>
    /// <param name="composed">Whether text is brought into Unicode's form C first.</param>
    /// <param name="wholeWords">Whether a word that is a token is taken as such, whatever merges make of it (Hugging Face's <c>ignore_merges</c>).</param>
    /// <param name="padded">Whether id 0 is padding and no piece of text; false in vocabularies that others made.</param>
    /// <exception cref="InputException">The parts do not make a tokenizer.</exception>
    [JsonConstructor]
    public BytePairTokenizer(IReadOnlyList<string> tokens, IReadOnlyList<string> merges, string pattern, bool lowercase, bool composed = false, bool wholeWords = false, bool padded = true)
    {
        (Tokens, Merges, Pattern, Lowercase, Composed, WholeWords, Padded) = (tokens, merges, pattern, lowercase, composed, wholeWords, padded);
        try
        {
            words = new Regex(pattern, RegexOptions.CultureInvariant | RegexOptions.Compiled);
            if (wholeWords) whole = tokens.Select((t, i) => KeyValuePair.Create(t, i)).ToFrozenDictionary(StringComparer.Ordinal);
            tokenizer = BpeTokenizer.Create(new BpeOptions(tokens.Select((t, i) => KeyValuePair.Create(t, i)))
            {
                Merges = merges,
                ByteLevel = true,
                PreTokenizer = new RegexPreTokenizer(words, null),
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

    public bool Composed { get; }

    public bool WholeWords { get; }

    public bool Padded { get; }

    /// <inheritdoc/>
    public override int VocabularySize => Tokens.Count;

    /// <inheritdoc/>
    public override int[] Encode(string text)
    {
        if (Composed && !text.IsNormalized(NormalizationForm.FormC)) text = text.Normalize(NormalizationForm.FormC);
        if (Lowercase) text = text.ToLowerInvariant();
        return whole is null ? [.. tokenizer.EncodeToIds(text)] : [.. Words(text).SelectMany(w => whole.TryGetValue(ByteAlphabet.Of(w), out var id) ? [id] : tokenizer.EncodeToIds(w))];
    }

    /// <inheritdoc/>
    public override string Decode(ReadOnlySpan<int> ids)
    {
        var real = new List<int>(ids.Length);
        foreach (var id in ids)
        {
            if (id >= (Padded ? PadId + 1 : 0) && id < Tokens.Count)
            {
                real.Add(id);
            }
        }
        return tokenizer.Decode(real) ?? "";
    }

    /// <summary>The pieces that the pattern finds, and what lies between them.</summary>
    private IEnumerable<string> Words(string text)
    {
        var at = 0;
        foreach (Match m in words.Matches(text))
        {
            if (m.Index > at)
            {
                yield return text[at..m.Index];
            }
            if (m.Length > 0)
            {
                yield return m.Value;
            }
            at = m.Index + m.Length;
        }
        if (at < text.Length)
        {
            yield return text[at..];
        }
    }
}
