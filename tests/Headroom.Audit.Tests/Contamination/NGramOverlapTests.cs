using System.Text;
using CsCheck;
using Headroom.Audit.Contamination;

namespace Headroom.Audit.Tests.Contamination;

public sealed class NGramOverlapTests
{
    private static byte[] Text(IEnumerable<int> words) => Encoding.UTF8.GetBytes(string.Join(' ', words.Select(w => $"W{w}")));

    [Fact] // against lists of words compared one by one
    public void Counts_what_brute_force_counts() => (from items in Gen.Int[0, 3].Array[0, 20].Array[1, 4]
        from training in Gen.Int[0, 3].Array[0, 30].Array[0, 4]
        from n in Gen.Int[1, 6]
        select (items, training, n)).Sample(c =>
    {
        var overlap = new NGramOverlap(c.n);
        foreach (int[] item in c.items) overlap.AddItem(Text(item));
        foreach (int[] text in c.training) overlap.AddTraining(Text(text));
        ItemOverlap[] got = overlap.Items();
        HashSet<string> seen = [.. c.training.SelectMany(t => Runs(t, c.n))];
        for (int i = 0; i < c.items.Length; i++)
        {
            string[] runs = [.. Runs(c.items[i], c.n)];
            Assert.Equal(runs.Distinct().Count(), got[i].NGrams);
            Assert.Equal(runs.Distinct().Count(seen.Contains), got[i].Hits);
            var covered = new bool[c.items[i].Length];
            for (int s = 0; s < runs.Length; s++) if (seen.Contains(runs[s])) covered.AsSpan(s, Math.Min(c.n, covered.Length - s)).Fill(true);
            Assert.Equal(covered.Length == 0 ? 0 : covered.Count(x => x) / (double)covered.Length, got[i].Coverage, 1e-12);
        }
    }, iter: 2000);

    private static IEnumerable<string> Runs(int[] words, int n) => words.Length == 0 ? [] : words.Length < n ? [string.Join(' ', words)] : Enumerable.Range(0, words.Length - n + 1).Select(i => string.Join(' ', words.Skip(i).Take(n)));

    [Fact]
    public void Case_and_spaces_hide_nothing()
    {
        var overlap = new NGramOverlap(8);
        overlap.AddItem("Natalia sold clips to 48 of her friends in April, and then she sold half as many clips in May."u8);
        Assert.True(overlap.AddTraining("... NATALIA  sold\nclips to 48 of her friends -- in april! and"u8) > 0);
        Assert.Equal(0, overlap.AddTraining("to her friends sold Natalia 48 clips of April in half many as"u8));
        Assert.True(overlap.Items()[0].Contaminated);
    }
}
