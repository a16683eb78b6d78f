using System.Text.Json.Serialization;

namespace Headroom.Data.Tokenizers;

/// <summary>Turns text into ids below <see cref="VocabularySize"/> and back. Id 0 is padding and is never a piece of text.</summary>
[JsonPolymorphic(TypeDiscriminatorPropertyName = "kind")]
[JsonDerivedType(typeof(BytePairTokenizer), "bpe")]
[JsonDerivedType(typeof(CharacterTokenizer), "characters")]
public abstract class TextTokenizer
{
    /// <summary>The id that fills up a row.</summary>
    public const int PadId = 0;

    /// <summary>Ids there are, padding included.</summary>
    [JsonIgnore]
    public abstract int VocabularySize { get; }

    /// <summary>The ids of a text, without padding. Safe to call from several threads.</summary>
    public abstract int[] Encode(string text);

    /// <summary>The text of ids; padding and ids that do not exist are left out.</summary>
    public abstract string Decode(ReadOnlySpan<int> ids);
}
