using System.Text;
using CsCheck;
using Headroom.Audit.Duplicates;

namespace Headroom.Audit.Tests.Duplicates;

public sealed class NearDuplicatesTests
{
    // Texts of a few words out of many, some of them others with words changed.
    private static readonly Gen<string[]> Corpora =
        from words in Gen.Int[5, 60]
        from texts in Gen.Int[2, 40]
        from seed in Gen.Int
        select Make(words, texts, new Random(seed));

    private static string[] Make(int words, int texts, Random random)
    {
        var all = new List<string>();
        for (int i = 0; i < texts; i++)
        {
            string[] text = all.Count > 0 && random.Next(2) == 0 ? all[random.Next(all.Count)].Split(' ') : [.. Enumerable.Range(0, words).Select(_ => $"w{random.Next(400)}")];
            for (int change = random.Next(4); change > 0; change--) text[random.Next(text.Length)] = $"x{random.Next(400)}";
            all.Add(string.Join(' ', text));
        }
        return [.. all];
    }

    private static ReadOnlyMemory<byte>[] Bytes(string[] texts) => [.. texts.Select(t => (ReadOnlyMemory<byte>)Encoding.UTF8.GetBytes(t))];

    [Fact]
    public void Every_pair_that_is_found_is_one_and_nearly_all_are_found()
    {
        int there = 0, found = 0;
        Corpora.Sample(texts =>
        {
            ReadOnlyMemory<byte>[] bytes = Bytes(texts);
            HashSet<string>[] sets = [.. texts.Select(t => Runs(t.Split(' '), 3))];
            HashSet<(int, int)> truth = [];
            for (int i = 0; i < sets.Length; i++)
                for (int j = i + 1; j < sets.Length; j++)
                    if ((double)sets[i].Intersect(sets[j]).Count() / sets[i].Union(sets[j]).Count() >= 0.6) truth.Add((i, j));
            NearDuplicatePair[] pairs = new NearDuplicates(new NearDuplicateOptions { ShingleWords = 3, Threshold = 0.6, Permutations = 192 }).Pairs(bytes);
            Assert.All(pairs, p => Assert.Contains((p.First, p.Second), truth));
            Assert.Equal(pairs.Length, pairs.Select(p => (p.First, p.Second)).Distinct().Count());
            (there, found) = (there + truth.Count, found + pairs.Length);
        }, iter: 200, threads: 1);
        Assert.True(found >= 0.98 * there, $"{found} of {there}");
        static HashSet<string> Runs(string[] words, int n) => words.Length < n ? [string.Join(' ', words)] : [.. Enumerable.Range(0, words.Length - n + 1).Select(i => string.Join(' ', words.Skip(i).Take(n)))];
    }

    [Fact]
    public void The_number_of_threads_changes_nothing() => Corpora.Sample(texts =>
    {
        ReadOnlyMemory<byte>[] bytes = Bytes(texts);
        NearDuplicatePair[] one = new NearDuplicates(new NearDuplicateOptions { Threads = 1 }).Pairs(bytes);
        Assert.Equal(one, new NearDuplicates(new NearDuplicateOptions { Threads = 4 }).Pairs(bytes));
    }, iter: 50);

    [Theory]
    [InlineData("Größe ÄPFEL, naïve_x2", "größe äpfel naïve_x2")]
    [InlineData("a-b\tc\r\nd", "a b c d")]
    [InlineData("", "  \n")]
    public void Words_are_told_apart_as_others_do(string one, string other)
    {
        var shingles = new Shingles(2);
        Assert.Equal(shingles.Set(Encoding.UTF8.GetBytes(one)), shingles.Set(Encoding.UTF8.GetBytes(other)));
    }

    [Fact]
    public void Bytes_that_are_no_text_part_words_and_never_fail() => Gen.Byte.Array[0, 300].Sample(bytes =>
    {
        int words = WordHashes.Write(bytes, new ulong[WordHashes.MostWords(bytes.Length)]);
        Assert.InRange(words, 0, WordHashes.MostWords(bytes.Length));
        Assert.NotEmpty(new Shingles(5).Set(bytes));
    }, iter: 20_000);

    [Fact]
    public void Bands_reach_the_recall_that_is_asked_for() => (from threshold in Gen.Double[0.3, 0.95]
        from recall in Gen.Double[0.5, 0.995]
        from permutations in Gen.Int[64, 512]
        select (threshold, recall, permutations)).Sample(c =>
    {
        Banding banding;
        try
        {
            banding = Banding.For(c.threshold, c.permutations, c.recall);
        }
        catch (ArgumentException)
        {
            Assert.True(new Banding(c.permutations, 1).Candidate(c.threshold) < c.recall);
            return;
        }
        Assert.True(banding.Candidate(c.threshold) >= c.recall);
        Assert.InRange(banding.Bands * banding.Rows, 1, c.permutations);
        // A row more a band would fall short.
        if (banding.Rows < c.permutations) Assert.True(new Banding(c.permutations / (banding.Rows + 1), banding.Rows + 1).Candidate(c.threshold) < c.recall);
    });

    [Fact] // the share of places where signatures agree estimates the Jaccard index without bias
    public void Signatures_agree_as_often_as_sets_do()
    {
        var hash = new MinHash(4096, seed: 7);
        var random = new Random(3);
        foreach (double share in new[] { 0.1, 0.5, 0.9 })
        {
            ulong[] common = [.. Enumerable.Range(0, (int)(400 * share)).Select(_ => (ulong)random.NextInt64())], a = [.. common, .. Own(400 - common.Length)], b = [.. common, .. Own(400 - common.Length)];
            uint[] first = new uint[4096], second = new uint[4096];
            hash.Sign(a, first);
            hash.Sign(b, second);
            double jaccard = common.Length / (double)(800 - common.Length), estimate = first.Zip(second).Count(p => p.First == p.Second) / 4096.0;
            Assert.Equal(jaccard, estimate, 4 * Math.Sqrt(jaccard * (1 - jaccard) / 4096));
        }

        ulong[] Own(int count) => [.. Enumerable.Range(0, count).Select(_ => (ulong)random.NextInt64())];
    }
}
