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
    /// <exception cref="InputException">The text does not fill one window.</exception>
    public TensorTable Windows(string text, int stride)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(stride, 1);
        var ids = Tokenizer.Encode(text);
        var rows = ids.Length < Length + 1 ? 0 : ((ids.Length - Length - 1) / stride) + 1;
        return rows == 0
            ? throw new InputException("text", $"its {ids.Length} tokens do not fill one window of {Length + 1}", "Give a longer text or a smaller 'length'.")
            : new TensorTable(new IdField(new Field(FieldName, FieldType.Int64, [Length + 1]), ids, stride, rows));
    }

    /// <summary>Cuts a text into its beginning to train on, its middle to validate and its end to test, at line ends: no window reaches from one into the next.</summary>
    /// <exception cref="InputException">The shares do not add up to 1.</exception>
    public static (string Train, string Validation, string Test) Cut(string text, double train, double validation, double test)
    {
        if (!(train > 0 && validation >= 0 && test >= 0) || Math.Abs(train + validation + test - 1) > 1e-9)
        {
            throw new InputException("split", $"the shares {train}, {validation}, {test} do not divide the text", "Give shares that add up to 1, for instance 0.9, 0.05 and 0.05.");
        }
        var first = LineEnd(text, train);
        var second = test == 0 ? text.Length : Math.Max(first, LineEnd(text, train + validation));
        second = validation == 0 ? first : second;
        return (text[..first], text[first..second], text[second..]);
    }

    private static int LineEnd(string text, double share)
    {
        var at = Math.Clamp((int)(share * text.Length), 0, text.Length);
        var end = at == 0 || at == text.Length ? at - 1 : text.IndexOf('\n', at - 1);
        return end < 0 && at != 0 ? text.Length : end + 1;
    }
}
