using Headroom.Data.Tables;
using Headroom.Data.Tokenizers;
using Headroom.Evidence;

namespace Headroom.Data.Features;

/// <summary>Text as windows over its tokens: field <c>tokens</c>, Int64 <c>[length + 1]</c>; the first <see cref="Length"/> are the input, the last ones the targets.</summary>
public sealed record LanguageModelEncoding
{
    public const string FieldName = "tokens";

    /// <summary>Tokens of input a row, the model's context.</summary>
    public required int Length { get; init; }

    public required TextTokenizer Tokenizer { get; init; }

    /// <summary>The windows of a text, one every <paramref name="stride"/> tokens; a window that the text does not fill is left out.</summary>
    /// <param name="text">The text.</param>
    /// <param name="stride">Tokens from the start of one window to the next.</param>
    /// <param name="where">What the text is, for the message where it is too short.</param>
    /// <exception cref="InputException">The text does not fill one window.</exception>
    public TensorTable Windows(string text, int stride, string where = "text")
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(stride, 1);
        var ids = Tokenizer.Encode(text);
        var rows = ids.Length < Length + 1 ? 0 : ((ids.Length - Length - 1) / stride) + 1;
        return rows == 0
            ? throw new InputException(where, $"its {ids.Length} tokens do not fill one window of {Length + 1}", "Give a longer text, a larger share of it under 'data.split', or a smaller 'data.text.length'.")
            : new TensorTable(new IdField(new Field(FieldName, FieldType.Int64, [Length + 1]), ids, stride, rows));
    }

    /// <summary>Cuts a text into its beginning to train on, its middle to validate and its end to test: no window reaches from one into the next. Each cut is at the line end after its share; where the next cut comes before, at a space; in text without either, at the character.</summary>
    /// <exception cref="InputException">The shares do not add up to 1.</exception>
    public static (string Train, string Validation, string Test) Cut(string text, double train, double validation, double test)
    {
        if (!(train > 0 && validation >= 0 && test >= 0) || Math.Abs(train + validation + test - 1) > 1e-9)
        {
            throw new InputException("split", $"the shares {train}, {validation}, {test} do not divide the text", "Give shares that add up to 1, for instance 0.9, 0.05 and 0.05.");
        }
        var (one, two) = (Place(text, train), test == 0 ? text.Length : Place(text, train + validation));
        var first = validation + test == 0 ? text.Length : CutIn(text, one, validation == 0 ? text.Length : two);
        var second = validation == 0 ? first : test == 0 ? text.Length : CutIn(text, Math.Max(first, two), text.Length);
        return (text[..first], text[first..second], text[second..]);
    }

    private static int Place(string text, double share) => Math.Clamp((int)(share * text.Length), 0, text.Length);

    /// <summary>The end of a line in <c>[at, limit)</c>, else of a word, else <paramref name="at"/>, but never between the halves of one character.</summary>
    private static int CutIn(string text, int at, int limit)
    {
        var before = Math.Max(0, at - 1);
        foreach (var end in (ReadOnlySpan<char>)['\n', ' '])
        {
            var found = text.IndexOf(end, before, Math.Max(0, limit - 1 - before));
            if (found >= 0)
            {
                return found + 1;
            }
        }
        return at > 0 && at < text.Length && char.IsSurrogatePair(text[at - 1], text[at]) ? at + 1 : at;
    }
}
