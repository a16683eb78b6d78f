using System.Text.Json.Serialization;
using Headroom.Data.Tables;
using Headroom.Data.Tokenizers;
using Headroom.Evidence;

namespace Headroom.Data.Features;

/// <summary>A text as the ids of its first tokens: field <c>tokens</c>, Int64 <c>[length]</c>, filled up with 0.</summary>
public sealed record TextEncoding : FeatureEncoding
{
    public const string FieldName = "tokens";

    public required string Column { get; init; }

    /// <summary>Tokens a row; what a text has beyond is cut.</summary>
    public required int Length { get; init; }

    public required TextTokenizer Tokenizer { get; init; }

    /// <inheritdoc/>
    [JsonIgnore]
    public override IReadOnlyList<Field> Fields => [new Field(FieldName, FieldType.Int64, [Length])];

    /// <summary>Trains a byte-pair tokenizer on the training rows.</summary>
    /// <exception cref="InputException">The column is missing or holds no text.</exception>
    public static TextEncoding Fit(Dataset data, ReadOnlySpan<int> trainRows, string column, int length, BytePairOptions options, CancellationToken cancellation = default)
    {
        if (length < 1)
        {
            throw new InputException("length", $"{length} tokens are no text", "Give at least 1, for instance 64.");
        }
        var texts = data.Take(trainRows).Texts(column);
        return new TextEncoding { Column = column, Length = length, Tokenizer = BytePairTrainer.Train(texts.Values.ToArray().OfType<string>(), options, cancellation) };
    }

    /// <inheritdoc/>
    public override IReadOnlyList<FieldSource> Encode(Dataset data)
    {
        var texts = data.Texts(Column).Values.ToArray();
        var ids = new int[checked(texts.Length * Length)];
        Parallel.For(0, texts.Length, row => EncodeRow(texts[row], ids.AsSpan(row * Length, Length)));
        return [new IdField(Fields[0], ids)];
    }

    /// <summary>Writes the ids of one text, cut or filled up to <paramref name="row"/>'s length; a missing text is all padding.</summary>
    public void EncodeRow(string? text, Span<int> row)
    {
        var encoded = text is null ? [] : Tokenizer.Encode(text);
        var kept = Math.Min(encoded.Length, row.Length);
        encoded.AsSpan(0, kept).CopyTo(row);
        row[kept..].Clear(); // TextTokenizer.PadId is 0
    }
}
