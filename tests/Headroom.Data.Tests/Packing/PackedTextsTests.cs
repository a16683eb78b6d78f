using CsCheck;
using Headroom.Data.Packing;
using Headroom.Data.Tables;

namespace Headroom.Data.Tests.Packing;

public sealed class PackedTextsTests
{
    private static readonly Gen<(int[][] Texts, int[] Labels, int Length, int Most, ulong Seed)> Packings =
        from length in Gen.Int[1, 30]
        from texts in Gen.Int[1, 1000].Array[0, length].Array[1, 80]
        from labels in Gen.Int[0, 5].Array[texts.Length]
        from most in Gen.Int[1, 7]
        from seed in Gen.ULong
        select (texts, labels, length, most, seed);

    [Fact]
    public void Every_text_stands_in_one_row_once_with_its_class() => Packings.Sample(p =>
    {
        var packed = PackedTexts.Pack(p.Texts, p.Labels, p.Length, p.Most, p.Seed);
        var found = new List<string>();
        for (var row = 0; row < packed.Table.Rows; row++)
        {
            int[] Of(string field) => ((IdField)packed.Table[field]).Row(row).ToArray();
            var (tokens, starts, firsts, labels) = (Of("tokens"), Of("start"), Of("first"), Of("label"));
            var counted = 0;
            for (var i = 0; i < p.Most; i++)
            {
                if (labels[i] == PackedDocuments.NoLabel)
                {
                    Assert.Equal(PackedTexts.NoText, firsts[i]);
                    continue;
                }
                List<int> own = [];
                for (var t = 0; t < p.Length; t++)
                {
                    if (starts[t] == firsts[i])
                    {
                        own.Add(tokens[t]);
                    }
                }
                counted += own.Count;
                found.Add($"{labels[i]}: {string.Join(' ', own)}");
            }
            Assert.True(counted > 0 || p.Texts.Any(t => t.Length == 0));
            // The rest is padding, of which each place is its own start.
            for (var t = counted; t < p.Length; t++)
            {
                Assert.Equal((0, t), (tokens[t], starts[t]));
            }
        }
        Assert.Equal(p.Texts.Zip(p.Labels).Select(t => $"{t.Second}: {string.Join(' ', t.First)}").Order(StringComparer.Ordinal), found.Order(StringComparer.Ordinal));
        Assert.Equal((p.Texts.Length, p.Texts.Sum(t => (long)t.Length)), (packed.Texts, packed.Tokens));
        Assert.Equal(1 - (packed.Tokens / ((double)packed.Table.Rows * p.Length)), packed.Padding, 12);
    }, iter: 300);
}
