using CsCheck;
using Headroom.Audit.Duplicates;

namespace Headroom.Audit.Tests.Duplicates;

public sealed class RepeatedSubstringsTests
{
    [Fact] // against every window compared with every other
    public void Marks_what_brute_force_marks() => (from texts in Gen.Byte[0, 2].Array[0, 40].Array[1, 5]
        from least in Gen.Int[1, 8]
        select (texts, least)).Sample(c =>
    {
        RepeatedStretch[][] got = RepeatedSubstrings.Find([.. c.texts.Select(t => (ReadOnlyMemory<byte>)t)], c.least);
        for (int t = 0; t < c.texts.Length; t++)
        {
            var marked = new bool[c.texts[t].Length];
            for (int start = 0; start + c.least <= marked.Length; start++)
                if (Occurs(c.texts, t, start, c.least)) marked.AsSpan(start, c.least).Fill(true);
            var ours = new bool[marked.Length];
            foreach (RepeatedStretch s in got[t]) ours.AsSpan(s.Start, s.End - s.Start).Fill(true);
            Assert.Equal(marked, ours);
            Assert.All(got[t].Zip(got[t].Skip(1)), p => Assert.True(p.First.End < p.Second.Start));
        }
    }, iter: 3000);

    private static bool Occurs(byte[][] texts, int text, int start, int length)
    {
        ReadOnlySpan<byte> window = texts[text].AsSpan(start, length);
        for (int t = 0; t < texts.Length; t++)
            for (int s = 0; s + length <= texts[t].Length; s++)
                if ((t != text || s != start) && window.SequenceEqual(texts[t].AsSpan(s, length))) return true;
        return false;
    }
}
