using Headroom.Data.Features;
using Headroom.Data.Tables;
using Headroom.Evidence;

namespace Headroom.Data.Packing;

/// <summary>Documents of a language model in rows of <c>length</c> tokens, several to a row. Fields, all Int64 <c>[length]</c>: <c>tokens</c>, <c>label</c> (the next token of the same document), <c>start</c>.</summary>
/// <param name="Table">The rows.</param>
/// <param name="Documents">Documents in them.</param>
/// <param name="Pieces">What they were cut into: as many as there are documents, where none is longer than a row.</param>
/// <param name="Predictions">Labels that count; the rest of the tokens is padding.</param>
public sealed record PackedDocuments(TensorTable Table, int Documents, int Pieces, long Predictions)
{
    /// <summary>Field: the place in the row at which a token's document starts. Tokens see each other where it is the same, and count their positions from there; padding has its own place, so that it sees itself alone.</summary>
    public const string StartField = "start";

    /// <summary>The label of a place that predicts nothing: padding.</summary>
    public const int NoLabel = -100;

    /// <summary>The part of all tokens that is padding, 0 to 1.</summary>
    public double Padding => PaddingOf(Table.Rows);

    /// <summary>What it would be with each piece in a row of its own.</summary>
    public double PaddingAlone => PaddingOf(Pieces);

    /// <summary>Packs documents: n tokens make n - 1 predictions, of which each stands in one row, once. One with more than a row takes is cut, and the piece after begins with the last token that the piece before predicts.</summary>
    /// <param name="documents">Tokens of each; one of less than two predicts nothing and is left out.</param>
    /// <param name="length">Tokens in a row.</param>
    /// <param name="most">Documents in a row, at most.</param>
    /// <param name="seed">Decides which of them share a row.</param>
    /// <param name="where">What the documents are, for the message where none has two tokens.</param>
    /// <exception cref="InputException">No document has two tokens.</exception>
    public static PackedDocuments Pack(IReadOnlyList<int[]> documents, int length, int most = int.MaxValue, ulong seed = 0, string where = "documents")
    {
        List<Piece> pieces = [];
        for (var d = 0; d < documents.Count; d++)
        {
            for (var from = 0; from + 1 < documents[d].Length; from += length)
            {
                pieces.Add(new Piece(d, from, Math.Min(length, documents[d].Length - 1 - from)));
            }
        }
        if (pieces.Count == 0)
        {
            throw new InputException(where, $"none of its {documents.Count} documents has two tokens, so there is nothing to predict", "Give longer texts, or a larger share of them under 'data.split'.");
        }
        var rows = RowPacking.Assign([.. pieces.Select(p => p.Length)], length, most, seed);
        var (tokens, labels, starts) = (new int[checked(rows.Count * length)], new int[rows.Count * length], new int[rows.Count * length]);
        for (var row = 0; row < rows.Count; row++)
        {
            var at = 0;
            foreach (var piece in rows[row].Select(i => pieces[i]))
            {
                var to = (row * length) + at;
                var from = documents[piece.Document].AsSpan(piece.From, piece.Length + 1);
                from[..^1].CopyTo(tokens.AsSpan(to));
                from[1..].CopyTo(labels.AsSpan(to));
                starts.AsSpan(to, piece.Length).Fill(at);
                at += piece.Length;
            }
            tokens.AsSpan((row * length) + at, length - at).Clear(); // TextTokenizer.PadId is 0
            labels.AsSpan((row * length) + at, length - at).Fill(NoLabel);
            for (; at < length; at++)
            {
                starts[(row * length) + at] = at;
            }
        }
        IdField Of(string name, int[] ids) => new(new Field(name, FieldType.Int64, [length]), ids);
        return new PackedDocuments(
            new TensorTable(Of(LanguageModelEncoding.FieldName, tokens), Of(LabelEncoding.FieldName, labels), Of(StartField, starts)),
            pieces.Select(p => p.Document).Distinct().Count(),
            pieces.Count,
            pieces.Sum(p => (long)p.Length));
    }

    private double PaddingOf(int rows) => 1 - (Predictions / ((double)rows * Table[LanguageModelEncoding.FieldName].Field.RowElements));

    private readonly record struct Piece(int Document, int From, int Length);
}
