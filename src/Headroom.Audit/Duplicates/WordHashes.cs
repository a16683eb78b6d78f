using System.Buffers;
using System.Globalization;
using System.Text;

namespace Headroom.Audit.Duplicates;

/// <summary>
/// The words of a text as 64-bit hashes: runs of letters, digits and underscores, lowered, in UTF-8. Text is looked at once, byte by byte; only bytes beyond ASCII are decoded.
/// </summary>
/// <remarks>Word characters are those of Python's <c>\w</c>, which the deduplication tools split by: letters, all kinds of digits and numbers, the underscore.</remarks>
public static class WordHashes
{
    private const ulong Offset = 0xCBF29CE484222325, Prime = 0x9E3779B97F4A7C15;

    // Of a byte of ASCII: itself lowered where it is of a word, 0 where it parts words.
    private static readonly byte[] Lowered = Table(underscore: true), LoweredAlphanumeric = Table(underscore: false);

    /// <summary>The most words that a text of so many bytes has.</summary>
    /// <param name="bytes">Of the text.</param>
    public static int MostWords(int bytes) => (bytes / 2) + 1;

    /// <summary>Writes the hash of every word.</summary>
    /// <param name="utf8">The text; bytes that are no UTF-8 part words.</param>
    /// <param name="hashes">Room for <see cref="MostWords"/>.</param>
    /// <param name="alphanumeric">Whether only ASCII's letters and digits make words, as benchmarks' decontamination has it (<c>[a-z0-9]+</c>).</param>
    /// <returns>How many there are.</returns>
    public static int Write(ReadOnlySpan<byte> utf8, Span<ulong> hashes, bool alphanumeric = false)
    {
        ReadOnlySpan<byte> lowered = alphanumeric ? LoweredAlphanumeric : Lowered;
        int words = 0;
        ulong hash = Offset;
        bool within = false;
        int at = 0;
        while (at < utf8.Length)
        {
            byte b = utf8[at];
            if (b < 0x80)
            {
                at++;
                byte low = lowered[b];
                if (low != 0)
                {
                    hash = (hash ^ low) * Prime;
                    within = true;
                    continue;
                }
            }
            else
            {
                bool valid = Rune.DecodeFromUtf8(utf8[at..], out Rune rune, out int length) == OperationStatus.Done;
                at += length;
                if (valid && !alphanumeric && IsOfWord(rune))
                {
                    hash = (hash ^ (uint)Rune.ToLowerInvariant(rune).Value) * Prime;
                    within = true;
                    continue;
                }
            }
            if (!within) continue;
            hashes[words++] = Mixed(hash);
            (hash, within) = (Offset, false);
        }
        if (within) hashes[words++] = Mixed(hash);
        return words;
    }

    /// <summary>Whether a character is of a word.</summary>
    /// <param name="rune">The character.</param>
    public static bool IsOfWord(Rune rune) => rune.Value == '_' || Rune.GetUnicodeCategory(rune) is UnicodeCategory.UppercaseLetter or UnicodeCategory.LowercaseLetter or UnicodeCategory.TitlecaseLetter or UnicodeCategory.ModifierLetter
        or UnicodeCategory.OtherLetter or UnicodeCategory.DecimalDigitNumber or UnicodeCategory.LetterNumber or UnicodeCategory.OtherNumber;

    /// <summary>A bijection of 64-bit numbers that spreads every bit over all (Stafford's mix 13 of SplitMix64).</summary>
    /// <param name="x">Any number.</param>
    public static ulong Mixed(ulong x)
    {
        x = (x ^ (x >> 30)) * 0xBF58476D1CE4E5B9;
        x = (x ^ (x >> 27)) * 0x94D049BB133111EB;
        return x ^ (x >> 31);
    }

    private static byte[] Table(bool underscore)
    {
        var table = new byte[128];
        for (int c = 0; c < 128; c++) table[c] = char.IsAsciiLetterOrDigit((char)c) || (underscore && c == '_') ? (byte)char.ToLowerInvariant((char)c) : (byte)0;
        return table;
    }
}
