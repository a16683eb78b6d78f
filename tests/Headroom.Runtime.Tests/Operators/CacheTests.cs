using Headroom.Graph;
using Headroom.Graph.Operators;

namespace Headroom.Runtime.Tests.Operators;

public sealed class CacheTests
{
    [Fact]
    public void Rows_go_to_their_positions_and_nothing_else_changes()
    {
        // Two heads of width 2 in a cache of three places; the third row doesn't count.
        Feed cache = Feed.Of(new TensorType(ElementType.Float32, 1, 2, 3, 2), [.. Enumerable.Range(0, 12).Select(i => (double)i)]);
        Feed rows = Feed.Of(new TensorType(ElementType.Float32, 1, 3, 4), [20, 21, 22, 23, 30, 31, 32, 33, 40, 41, 42, 43]);
        Result found = GradientCheck.Evaluate((b, v) => [b.Add(new CacheAppend { Heads = 2 }, v)], cache, rows, Feed.Longs(new Shape(3), 2, 0, 0), Feed.Longs(new Shape(1), 1))[0];
        Assert.Equal([30, 31, 2, 3, 20, 21, 32, 33, 8, 9, 22, 23], found.Values);
    }

    [Theory]
    [InlineData(-1)]
    [InlineData(3)]
    public void A_position_outside_the_cache_is_refused_by_name(long position)
    {
        Feed cache = Feed.Random(1, 1, 2, 3, 2), rows = Feed.Random(2, 1, 1, 4);
        string message = Assert.Throws<GraphException>(() => GradientCheck.Evaluate((b, v) => [b.Add(new CacheAppend { Heads = 2 }, v)], cache, rows, Feed.Longs(new Shape(1), position))).Message;
        Assert.Contains($"position {position} is outside the cache, which has room for 3", message, StringComparison.Ordinal);
        Assert.Contains("CacheAppend", message, StringComparison.Ordinal);
    }

    [Theory] // widths of whole vectors and others, shared heads, either form, one block of keys and several
    [InlineData(true, 1, 4, 2, 16, 16, 5, -1)]
    [InlineData(false, 2, 4, 1, 12, 20, 5, -1)]
    [InlineData(true, 2, 2, 2, 7, 7, 150, -1)]
    [InlineData(false, 1, 6, 3, 32, 16, 150, 70)]
    public void Each_query_sees_the_keys_up_to_its_position(bool packed, int batch, int heads, int keyHeads, int width, int valueWidth, int capacity, int window)
    {
        long[] positions = [capacity / 2, capacity - 1, 0, 1];
        Feed q = packed ? Single(1, batch, 4, heads * width) : Single(1, batch, heads, 4, width), k = Single(2, batch, keyHeads, capacity, width), v = Single(3, batch, keyHeads, capacity, valueWidth);
        Feed at = Feed.Longs(new Shape(4), positions), last = Feed.Longs(new Shape(1), 2);
        var op = new CacheAttention { QueryHeads = packed ? heads : 0, LeftWindow = window, Softcap = 2 };
        double[] found = GradientCheck.Evaluate((b, x) => [b.Add(op, x)], q, k, v, at, last)[0].Values;
        for (int b = 0; b < batch; b++)
            for (int h = 0; h < heads; h++)
                for (int t = 0; t < 4; t++)
                {
                    double Query(int i) => q.Values[packed ? ((b * 4 + t) * heads + h) * width + i : ((b * heads + h) * 4 + t) * width + i];
                    long Row(long j) => (b * keyHeads + h / (heads / keyHeads)) * capacity + j;
                    long low = window < 0 ? 0 : Math.Max(0, positions[t] - window);
                    double[] weights = [.. Enumerable.Range((int)low, (int)(positions[t] - low + 1)).Select(j => Math.Exp(2 * Math.Tanh(Enumerable.Range(0, width).Sum(i => Query(i) * k.Values[Row(j) * width + i]) / Math.Sqrt(width) / 2)))];
                    for (int i = 0; i < valueWidth; i++)
                    {
                        double expected = t == 3 ? 0 : weights.Select((w, j) => w * v.Values[Row(low + j) * valueWidth + i]).Sum() / weights.Sum();
                        Assert.Equal(expected, found[packed ? ((b * 4 + t) * heads + h) * valueWidth + i : ((b * heads + h) * 4 + t) * valueWidth + i], 1e-5);
                    }
                }
    }

    private static Feed Single(int seed, params long[] dims)
    {
        Feed drawn = Feed.Random(seed, dims);
        return Feed.Of(new TensorType(ElementType.Float32, drawn.Type.Shape), [.. drawn.Values]);
    }
}
