using System.Text;
using System.Text.Json.Serialization;

namespace Headroom.Data.Tokenizers;

/// <summary>A token a character (a Unicode scalar). Id 0 is padding and any character that training had not; the others follow in code point order.</summary>
public sealed class CharacterTokenizer : TextTokenizer
{
    private readonly Rune[] runes;
    private readonly Dictionary<Rune, int> ids = [];

    /// <param name="characters">Every character once, in the order of its id.</param>
    [JsonConstructor]
    public CharacterTokenizer(string characters)
    {
        Characters = characters;
        runes = [.. characters.EnumerateRunes()];
        for (var i = 0; i < runes.Length; i++)
        {
            ids[runes[i]] = i + 1;
        }
    }

    /// <summary>The characters, in the order of their ids from 1 on.</summary>
    public string Characters { get; }

    /// <inheritdoc/>
    public override int VocabularySize => runes.Length + 1;

    /// <summary>Takes the characters that occur in the texts.</summary>
    public static CharacterTokenizer Train(params IEnumerable<string> texts)
    {
        var seen = new SortedSet<Rune>();
        foreach (var rune in texts.SelectMany(t => t.EnumerateRunes()))
        {
            seen.Add(rune);
        }
        return new CharacterTokenizer(string.Concat(seen));
    }

    /// <inheritdoc/>
    public override int[] Encode(string text)
    {
        var encoded = new List<int>(text.Length);
        foreach (var rune in text.EnumerateRunes())
        {
            encoded.Add(ids.GetValueOrDefault(rune));
        }
        return [.. encoded];
    }

    /// <inheritdoc/>
    public override string Decode(ReadOnlySpan<int> ids)
    {
        var text = new StringBuilder(ids.Length);
        foreach (var id in ids)
        {
            if (id > 0 && id <= runes.Length)
            {
                text.Append(runes[id - 1].ToString());
            }
        }
        return text.ToString();
    }
}
