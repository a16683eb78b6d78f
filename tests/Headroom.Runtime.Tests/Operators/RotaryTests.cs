using CsCheck;
using Headroom.Graph;
using Headroom.Graph.Operators;

namespace Headroom.Runtime.Tests.Operators;

public class RotaryTests
{
    private static readonly Gen<(RotaryEmbedding Op, Feed[] Feeds)> Nodes = Gen.Select(Gen.Int[0, 1 << 20], Gen.Int[1, 2], Gen.Int[1, 3], Gen.Int[1, 4], Gen.Int[1, 3], Gen.Int[0, 15])
        .Select(t => Node(t.Item1, t.Item2, t.Item3, t.Item4, 2 * t.Item5, t.Item6));

    [Fact]
    public void Pairs_are_turned_by_their_angle() => Nodes.Sample(node =>
    {
        foreach (ElementType element in new[] { ElementType.Float64, ElementType.Float32, ElementType.Float16, ElementType.BFloat16 })
        {
            Feed[] feeds = [.. node.Feeds.Select(f => f.Type.Element.IsFloat() ? Feed.Of(new TensorType(element, f.Type.Shape), [.. f.Values]) : f)];
            Plain.Same(Reference(node.Op, feeds), GradientCheck.Evaluate((b, v) => [b.Add(node.Op, v)], feeds)[0], 4 * Plain.Rounding(element));
        }
    }, iter: 40);

    [Fact]
    public void Gradients() => Nodes.Sample(node => GradientCheck.Run((b, v) => b.Add(node.Op, v), node.Feeds), iter: 20);

    [Fact]
    public void A_position_outside_the_table_is_refused()
    {
        Feed[] feeds = [Feed.Random(1, 1, 1, 2, 4), Feed.Random(2, 3, 2), Feed.Random(3, 3, 2), Feed.Longs(new Shape(1, 2), 0, 3)];
        Assert.Contains("position 3", Assert.Throws<GraphException>(() => GradientCheck.Evaluate((b, v) => [b.Add(new RotaryEmbedding(), v)], feeds)).Message, StringComparison.Ordinal);
    }

    private static (RotaryEmbedding Op, Feed[] Feeds) Node(int seed, int batch, int heads, int seq, int rotated, int flags)
    {
        bool packed = (flags & 1) != 0, partial = (flags & 2) != 0, positions = (flags & 4) != 0;
        int width = partial ? rotated + 2 : rotated;
        var op = new RotaryEmbedding { Interleaved = (flags & 8) != 0, Heads = packed ? heads : 0, RotaryWidth = partial ? rotated : 0 };
        Feed x = packed ? Feed.Random(seed, batch, seq, heads * width) : Feed.Random(seed, batch, heads, seq, width);
        if (!positions) return (op, [x, Feed.Random(seed + 1, batch, seq, rotated / 2), Feed.Random(seed + 2, batch, seq, rotated / 2)]);
        return (op, [x, Feed.Random(seed + 1, 5, rotated / 2), Feed.Random(seed + 2, 5, rotated / 2), Feed.Longs(new Shape(batch, seq), [.. Enumerable.Range(0, batch * seq).Select(i => (long)((seed + 3 * i) % 5))])]);
    }

    private static double[] Reference(RotaryEmbedding op, Feed[] f)
    {
        Shape s = f[0].Type.Shape;
        bool packed = s.Rank == 3;
        long batch = s[0], heads = packed ? op.Heads : s[1], seq = s[-2], width = packed ? s[2] / heads : s[3], half = f[1].Type.Shape[-1];
        double[] y = [.. f[0].Values];
        for (long b = 0; b < batch; b++)
            for (long h = 0; h < heads; h++)
                for (long t = 0; t < seq; t++)
                    for (long i = 0; i < half; i++)
                    {
                        long at = packed ? ((b * seq + t) * heads + h) * width : ((b * heads + h) * seq + t) * width, row = f.Length > 3 ? (long)f[3].Values[b * seq + t] : b * seq + t;
                        (long first, long second) = op.Interleaved ? (at + 2 * i, at + 2 * i + 1) : (at + i, at + half + i);
                        (double cos, double sin, double p, double q) = (f[1].Values[row * half + i], f[2].Values[row * half + i], f[0].Values[first], f[0].Values[second]);
                        (y[first], y[second]) = (cos * p - sin * q, sin * p + cos * q);
                    }
        return y;
    }
}
