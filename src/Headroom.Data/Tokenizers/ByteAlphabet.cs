using System.Text;

namespace Headroom.Data.Tokenizers;

/// <summary>GPT-2's one printable character a byte: printable Latin-1 bytes stand for themselves, the other 68 for the characters from U+0100 on (a space is Ġ).</summary>
internal static class ByteAlphabet
{
    private static readonly char[] Characters = MakeCharacters();

    /// <summary>The character of a byte.</summary>
    public static char Of(byte value) => Characters[value];

    /// <summary>A text's UTF-8 bytes as characters.</summary>
    public static string Of(string text) => string.Create(Encoding.UTF8.GetByteCount(text), text, (to, from) =>
    {
        var bytes = Encoding.UTF8.GetBytes(from);
        for (var i = 0; i < bytes.Length; i++)
        {
            to[i] = Characters[bytes[i]];
        }
    });

    private static char[] MakeCharacters()
    {
        var characters = new char[256];
        var next = 256;
        for (var b = 0; b < 256; b++)
        {
            characters[b] = b is (>= 33 and <= 126) or (>= 161 and <= 172) or >= 174 ? (char)b : (char)next++;
        }
        return characters;
    }
}
