using Headroom.Data.Features;
using Headroom.Data.Tables;

namespace Headroom.Data.Packing;

/// <summary>
/// Texts of a classifier in rows of <c>length</c> tokens, up to <c>most</c> to a row. Fields, all Int64: <c>tokens</c> and <c>start [length]</c> as in <see cref="PackedDocuments"/>; <c>first [most]</c>, where each
/// text of the row starts; <c>label [most]</c>, its class.
/// </summary>
/// <param name="Table">The rows.</param>
/// <param name="Texts">Texts in them.</param>
/// <param name="Tokens">Tokens of theirs; the rest is padding.</param>
public sealed record PackedTexts(TensorTable Table, int Texts, long Tokens)
{
    /// <summary>Field: the place at which each text starts; <see cref="NoText"/> where there is none, or one without a token.</summary>
    public const string FirstField = "first";

    /// <summary>A place that no token has.</summary>
    public const int NoText = -1;

    /// <summary>The part of all tokens that is padding, 0 to 1.</summary>
    public double Padding => 1 - (Tokens / ((double)Table.Rows * Table[TextEncoding.FieldName].Field.RowElements));

    /// <summary>Packs texts, each with its class into one row, once.</summary>
    /// <param name="texts">Tokens of each, <paramref name="length"/> at most.</param>
    /// <param name="labels">Their classes.</param>
    /// <param name="length">Tokens in a row.</param>
    /// <param name="most">Texts in a row, at most.</param>
    /// <param name="seed">Decides which of them share a row.</param>
    public static PackedTexts Pack(IReadOnlyList<int[]> texts, IReadOnlyList<int> labels, int length, int most, ulong seed)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(labels.Count, texts.Count);
        var rows = RowPacking.Assign([.. texts.Select(t => t.Length)], length, most, seed);
        var (tokens, starts) = (new int[checked(rows.Count * length)], new int[rows.Count * length]);
        var (firsts, classes) = (new int[checked(rows.Count * most)], new int[rows.Count * most]);
        Array.Fill(firsts, NoText);
        Array.Fill(classes, PackedDocuments.NoLabel);
        for (var row = 0; row < rows.Count; row++)
        {
            var at = 0;
            for (var i = 0; i < rows[row].Count; i++)
            {
                var text = texts[rows[row][i]];
                text.CopyTo(tokens.AsSpan((row * length) + at));
                starts.AsSpan((row * length) + at, text.Length).Fill(at);
                firsts[(row * most) + i] = text.Length > 0 ? at : NoText;
                classes[(row * most) + i] = labels[rows[row][i]];
                at += text.Length;
            }
            for (; at < length; at++)
            {
                starts[(row * length) + at] = at; // its token stays TextTokenizer.PadId, 0
            }
        }
        IdField Of(string name, int[] ids, int width) => new(new Field(name, FieldType.Int64, [width]), ids);
        return new PackedTexts(
            new TensorTable(Of(TextEncoding.FieldName, tokens, length), Of(PackedDocuments.StartField, starts, length), Of(FirstField, firsts, most), Of(LabelEncoding.FieldName, classes, most)),
            texts.Count,
            texts.Sum(t => (long)t.Length));
    }
}
