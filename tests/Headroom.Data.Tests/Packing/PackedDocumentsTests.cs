using CsCheck;
using Headroom.Data.Packing;
using Headroom.Data.Tables;
using Headroom.Evidence;

namespace Headroom.Data.Tests.Packing;

public sealed class PackedDocumentsTests
{
    /// <summary>Documents whose every token is another one: what stands beside what can be told from the ids.</summary>
    private static int[][] Documents(int[] lengths)
    {
        var next = 1;
        return [.. lengths.Select(n => Enumerable.Range(0, n).Select(_ => next++).ToArray())];
    }

    private static readonly Gen<int[]> Lengths = Gen.OneOf(Gen.Int[0, 12], Gen.Int[0, 90]).Array[1, 120].Where(l => l.Any(n => n > 1));

    private static (int[] Tokens, int[] Labels, int[] Starts) Row(TensorTable table, int row)
        => (((IdField)table["tokens"]).Row(row).ToArray(), ((IdField)table["label"]).Row(row).ToArray(), ((IdField)table["start"]).Row(row).ToArray());

    [Fact]
    public void Every_prediction_within_a_document_stands_in_one_row_once_and_none_crosses() => Gen.Select(Lengths, Gen.Int[1, 40], Gen.ULong, Gen.Int[1, 6]).Sample((lengths, length, seed, most) =>
    {
        var documents = Documents(lengths);
        var packed = PackedDocuments.Pack(documents, length, most, seed);
        var made = Enumerable.Range(0, packed.Table.Rows).Select(r => Row(packed.Table, r)).SelectMany(r => r.Tokens.Zip(r.Labels)).Where(p => p.Second != PackedDocuments.NoLabel);
        var wanted = documents.SelectMany(d => d.Zip(d.Skip(1)));
        Assert.Equal(wanted, made.Order());
        Assert.Equal(documents.Sum(d => Math.Max(0L, d.Length - 1)), packed.Predictions);
        Assert.Equal(documents.Count(d => d.Length > 1), packed.Documents);
    }, iter: 300);

    [Fact]
    public void Start_is_where_a_tokens_document_begins_in_its_row() => Gen.Select(Lengths, Gen.Int[1, 40], Gen.ULong, Gen.Int[1, 6]).Sample((lengths, length, seed, most) =>
    {
        var table = PackedDocuments.Pack(Documents(lengths), length, most, seed).Table;
        for (var row = 0; row < table.Rows; row++)
        {
            var (tokens, labels, starts) = Row(table, row);
            for (var t = 0; t < length; t++)
            {
                if (labels[t] == PackedDocuments.NoLabel)
                {
                    Assert.Equal((0, t), (tokens[t], starts[t]));
                }
                else
                {
                    // The one before is of the same document where it predicts this one.
                    Assert.Equal(t > 0 && labels[t - 1] == tokens[t] ? starts[t - 1] : t, starts[t]);
                }
            }
            Assert.InRange(starts.Zip(labels).Where(p => p.Second != PackedDocuments.NoLabel).Select(p => p.First).Distinct().Count(), 1, most);
        }
    }, iter: 300);

    [Fact]
    public void Documents_shorter_than_half_a_row_leave_at_most_half_of_it_empty() => Gen.Select(Gen.Int[2, 17].Array[40, 400], Gen.ULong).Sample((lengths, seed) =>
    {
        var packed = PackedDocuments.Pack(Documents(lengths), 32, seed: seed);
        // All rows but one are over half full: best fit opens a row only for what fits no other.
        Assert.True(packed.Table.Rows <= Math.Ceiling(packed.Predictions / 16.0), $"{packed.Table.Rows} rows for {packed.Predictions} predictions");
        Assert.Equal(1 - (packed.Predictions / (packed.Table.Rows * 32.0)), packed.Padding, 12);
    }, iter: 100);

    [Fact]
    public void Thousands_of_short_documents_leave_less_than_a_hundredth_of_padding()
    {
        int[] lengths = [.. Enumerable.Range(0, 9000).Select(i => 2 + (int)(i * 7919L % 61))];
        Assert.InRange(PackedDocuments.Pack(Documents(lengths), 256, seed: 3).Padding, 0, 0.01);
    }

    [Fact]
    public void Rows_mix_short_and_long_documents()
    {
        int[] lengths = [.. Enumerable.Range(0, 4000).Select(i => 2 + (int)(i * 7919L % 61))];
        var table = PackedDocuments.Pack(Documents(lengths), 256, seed: 3).Table;
        // Documents of a row by its starts: chance would give about 8 with a mean of 31, and a row of the shortest alone over 60.
        int[] counts = [.. Enumerable.Range(0, table.Rows).Select(r => Row(table, r)).Select(r => r.Starts.Where((s, t) => s == t && r.Labels[t] != PackedDocuments.NoLabel).Count())];
        Assert.InRange(counts.Max(), 6, 25);
    }

    [Fact]
    public void One_document_a_row_is_padded_to_its_end()
    {
        var packed = PackedDocuments.Pack([[5, 6, 7], [8, 9]], 3, most: 1);
        Assert.Equal((2, 0.5), (packed.Table.Rows, packed.Padding));
    }

    [Fact]
    public void A_document_longer_than_a_row_goes_on_in_the_next_from_the_token_that_was_predicted_last()
    {
        var packed = PackedDocuments.Pack([[1, 2, 3, 4, 5, 6]], 3);
        var rows = Enumerable.Range(0, packed.Table.Rows).Select(r => Row(packed.Table, r)).OrderBy(r => r.Tokens[0]).ToArray();
        Assert.Equal([1, 2, 3], rows[0].Tokens);
        Assert.Equal([2, 3, 4], rows[0].Labels);
        Assert.Equal([4, 5, 0], rows[1].Tokens);
        Assert.Equal([5, 6, PackedDocuments.NoLabel], rows[1].Labels);
        Assert.Equal([0, 0, 2], rows[1].Starts);
    }

    [Fact]
    public void Seed_decides_who_shares_a_row()
    {
        var documents = Documents([.. Enumerable.Repeat(5, 60)]);
        int[] Tokens(ulong seed) => Row(PackedDocuments.Pack(documents, 16, seed: seed).Table, 0).Tokens;
        Assert.Equal(Tokens(1), Tokens(1));
        Assert.NotEqual(Tokens(1), Tokens(2));
    }

    [Fact]
    public void Documents_without_two_tokens_are_refused()
    {
        var e = Assert.Throws<InputException>(() => PackedDocuments.Pack([[3], []], 8, where: "notes.jsonl, the part to test on"));
        Assert.Contains("notes.jsonl, the part to test on: none of its 2 documents has two tokens", e.Message, StringComparison.Ordinal);
    }
}
