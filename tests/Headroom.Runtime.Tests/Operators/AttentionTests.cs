using Headroom.Graph;
using Headroom.Graph.Operators;

namespace Headroom.Runtime.Tests.Operators;

public class AttentionTests
{
    public static TheoryData<int, int, bool, string> Forms => new()
    {
        { 5, 5, false, "" }, { 5, 5, true, "" }, { 3, 7, false, "" }, { 7, 3, true, "" }, { 3, 7, true, "" },
        { 4, 6, false, "bool rows" }, { 4, 4, true, "bool full" }, { 4, 6, false, "float full" }, { 4, 6, false, "float heads" }, { 4, 6, false, "float by query" }, { 19, 19, true, "float by query" },
        { 67, 67, true, "" }, { 33, 70, false, "" },
    };

    [Theory]
    [MemberData(nameof(Forms))]
    public void Packed_heads_equal_the_plain_loop(int queries, int keys, bool causal, string mask)
    {
        var op = new Attention { QueryHeads = 2, IsCausal = causal };
        foreach ((ElementType element, double tolerance) in new[] { (ElementType.Float64, 1e-10), (ElementType.Float32, 1e-5), (ElementType.BFloat16, 3e-2) })
        {
            Feed[] feeds = Feeds(element, queries, keys, mask);
            double[] expected = Reference(feeds, 2, queries, keys, causal, packed: true);
            Result y = GradientCheck.Evaluate((b, v) => [b.Add(op, v)], feeds)[0];
            for (int i = 0; i < expected.Length; i++) Assert.True(Math.Abs(expected[i] - y.Values[i]) < tolerance, $"{element}, element {i}: {y.Values[i]}, not {expected[i]}");
            if (mask.Length > 0) continue;
            Result trained = GradientCheck.Evaluate((b, v) => [b.Add(new AttentionTraining { QueryHeads = 2, IsCausal = causal }, "train", v, 2)[0]], feeds)[0];
            Assert.Equal(y.Values, trained.Values);
        }
    }

    [Theory]
    [InlineData(ElementType.Float64, 1e-10)]
    [InlineData(ElementType.Float32, 1e-5)]
    [InlineData(ElementType.BFloat16, 3e-2)]
    public void Separate_heads_equal_the_plain_loop(ElementType element, double tolerance)
    {
        Feed[] feeds = [.. new[] { 5, 6, 6 }.Select((n, i) => Feed.Random(new TensorType(element, 2, 3, n, 4), i + 1))];
        double[] expected = Reference(feeds, 3, 5, 6, causal: false, packed: false, scale: 0.3f);
        Result y = GradientCheck.Evaluate((b, v) => [b.Add(new Attention { Scale = 0.3f }, v)], feeds)[0];
        for (int i = 0; i < expected.Length; i++) Assert.Equal(expected[i], y.Values[i], tolerance);
        if (element == ElementType.Float64) GradientCheck.Run((b, v) => b.Add(new Attention { Scale = 0.3f }, v), feeds);
    }

    [Theory]
    [InlineData(3, 3, true, "")]
    [InlineData(3, 5, false, "")]
    [InlineData(4, 2, true, "")]
    [InlineData(3, 4, false, "bool rows")]
    [InlineData(3, 4, false, "float full")]
    public void Gradients(int queries, int keys, bool causal, string mask)
    {
        Feed[] feeds = Feeds(ElementType.Float64, queries, keys, mask);
        if (feeds.Length > 3) feeds[3] = feeds[3] with { Differentiate = false };
        GradientCheck.Run((b, v) => b.Add(new Attention { QueryHeads = 2, IsCausal = causal }, v), feeds);
        GradientCheck.Run((b, v) => b.Add(new AttentionTraining { QueryHeads = 2, IsCausal = causal }, "train", v, 2)[0], feeds);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Thirds_of_a_packed_projection_are_read_in_place(bool causal)
    {
        foreach ((ElementType element, double tolerance) in new[] { (ElementType.Float64, 1e-10), (ElementType.Float32, 1e-5), (ElementType.BFloat16, 3e-2) })
        {
            Feed packed = Feed.Random(new TensorType(element, 2, 17, 24), 1);
            Feed[] parts = [.. Enumerable.Range(0, 3).Select(p => Feed.Of(new TensorType(element, 2, 17, 8), [.. Enumerable.Range(0, 2 * 17 * 8).Select(i => packed.Values[i / 8 * 24 + p * 8 + i % 8])]))];
            Value Build(TypedBuilder b, Value[] v)
            {
                var s = b.Add(new Split { Axis = -1 }, "split", [v[0], b.Constant(TensorData.Longs(8, 8, 8))], 3);
                return b.Add(new AttentionTraining { QueryHeads = 2, IsCausal = causal }, "train", [s[0], s[1], s[2]], 2)[0];
            }
            Result y = GradientCheck.Evaluate((b, v) => [Build(b, v)], packed)[0];
            double[] expected = Reference(parts, 2, 17, 17, causal, packed: true);
            for (int i = 0; i < expected.Length; i++) Assert.Equal(expected[i], y.Values[i], tolerance);
            if (element == ElementType.Float64) GradientCheck.Run(Build, packed with { Type = packed.Type });
        }
    }

    // bf16 goes by products and a softmax of ours: its gradients are held against the blocked kernel in fp64.
    [Theory]
    [InlineData(true, true, "")]
    [InlineData(false, true, "bool rows")]
    [InlineData(true, false, "")]
    [InlineData(true, true, "float by query")]
    [InlineData(false, true, "float by query")]
    public void Gradients_by_products_agree_with_the_blocked_kernel(bool causal, bool packed, string mask)
        => Agree(packed ? Feeds(ElementType.BFloat16, 19, 19, mask, width: 16) : [.. Enumerable.Range(1, 3).Select(i => Feed.Random(new TensorType(ElementType.BFloat16, 2, 2, 19, 16), i))], causal, packed, 0.02);

    // So does fp32, strip for strip, where the processor has AVX-512; elsewhere it takes the blocked kernel too.
    [Theory]
    [InlineData(19, 19, true, true, "")]
    [InlineData(1, 40, false, true, "bool rows")]
    [InlineData(130, 33, true, true, "")]
    [InlineData(97, 100, true, true, "bool tail")]
    [InlineData(200, 64, false, true, "bool tail")]
    [InlineData(64, 530, false, true, "bool rows")]
    [InlineData(12, 12, false, true, "bool nothing")]
    [InlineData(50, 50, true, true, "float heads")]
    [InlineData(96, 96, false, false, "")]
    [InlineData(100, 19, true, false, "")]
    public void Gradients_in_fp32_agree_with_those_in_fp64(int queries, int keys, bool causal, bool packed, string mask)
    {
        foreach (int width in (int[])[16, 40])
            Agree(packed ? Feeds(ElementType.Float32, queries, keys, mask, width) : [.. Enumerable.Range(1, 3).Select(i => Feed.Random(new TensorType(ElementType.Float32, 2, 2, i == 1 ? queries : keys, width), i))], causal, packed, 1e-5);
    }

    /// <summary>Results and gradients in the feeds' type against those in fp64, by the root mean square of the difference.</summary>
    private static void Agree(Feed[] feeds, bool causal, bool packed, double tolerance)
    {
        Feed dy = Feed.Random(feeds[0].Type, 9);
        ElementType own = feeds[0].Type.Element;
        double[][] Run(ElementType element)
        {
            Feed[] cast = [.. feeds.Append(dy).Select(f => f.Type.Element == own || (f.Type.Element.IsFloat() && element == ElementType.Float64) ? new Feed(new TensorType(element, f.Type.Shape), f.Values) { Differentiate = f.Differentiate } : f)];
            return [.. GradientCheck.Evaluate((b, v) =>
            {
                var op = new Attention { QueryHeads = packed ? 2 : 0, IsCausal = causal };
                Value y = b.Add(op, v.AsSpan(0, v.Length - 1));
                Value loss = b.Add(new ReduceSum { KeepDims = false }, b.Add(new Cast { To = ElementType.Float64 }, b.Add(new Mul(), y, v[^1])));
                var gradients = new Dictionary<Value, Value>();
                Differentiate.Run(b, loss, [v[0], v[1], v[2]], (by, g) => gradients[by] = g);
                return [gradients[v[0]], gradients[v[1]], gradients[v[2]], y];
            }, cast).Select(r => r.Values)];
        }
        double[][] expected = Run(ElementType.Float64), found = Run(own);
        for (int o = 0; o < 4; o++)
        {
            double size = Math.Sqrt(expected[o].Average(v => v * v)), error = Math.Sqrt(expected[o].Zip(found[o], (a, b) => (a - b) * (a - b)).Average());
            Assert.True(error <= tolerance * size, $"output {o}: root mean square error {error} of {size}");
        }
    }

    [Theory]
    [InlineData(ElementType.Float32)]
    [InlineData(ElementType.BFloat16)]
    public void Large_scores_stay_finite(ElementType element)
    {
        Feed[] feeds = [.. Enumerable.Range(1, 3).Select(i => Feed.Random(new TensorType(element, 1, 6, 8), i, -300, 300))];
        Result y = GradientCheck.Evaluate((b, v) => [b.Add(new Attention { QueryHeads = 1 }, v)], feeds)[0];
        Assert.All(y.Values, v => Assert.True(Math.Abs(v) <= 301));
    }

    private static Feed[] Feeds(ElementType element, int queries, int keys, string mask, int width = 4)
    {
        Feed q = Feed.Random(new TensorType(element, 2, queries, 2 * width), 1), k = Feed.Random(new TensorType(element, 2, keys, 2 * width), 2), v = Feed.Random(new TensorType(element, 2, keys, 2 * width), 3);
        ElementType additive = element == ElementType.Float64 ? element : ElementType.Float32;
        var random = new Random(7);
        double[] Seen(long count) => [.. Enumerable.Range(0, (int)count).Select(i => i % keys == 0 || random.Next(3) > 0 ? 1.0 : 0)];
        return mask switch
        {
            "bool rows" => [q, k, v, Feed.Of(new TensorType(ElementType.Bool, 2, 1, 1, keys), Seen(2 * keys))],
            "bool tail" => [q, k, v, Feed.Of(new TensorType(ElementType.Bool, 2, 1, 1, keys), [.. Enumerable.Range(0, 2 * keys).Select(i => i % keys < (i < keys ? keys / 2 : keys - 1) ? 1.0 : 0)])],
            "bool nothing" => [q, k, v, Feed.Of(new TensorType(ElementType.Bool, 2, 1, 1, keys), [.. Enumerable.Range(0, 2 * keys).Select(i => i < keys ? 0.0 : 1)])],
            "bool full" => [q, k, v, Feed.Of(new TensorType(ElementType.Bool, queries, keys), Seen(queries * keys))],
            // What lies between documents of one row is hidden, some pairs at random are as well.
            "float by query" => [q, k, v, Feed.Of(new TensorType(additive, 2, 1, queries, keys), [.. Seen(2L * queries * keys).Select((seen, i) => seen == 0 ? -1e9 : 0.1 * (i % 7))])],
            "float full" => [q, k, v, Feed.Random(new TensorType(additive, 2, 2, queries, keys), 4)],
            "float heads" => [q, k, v, Feed.Random(new TensorType(additive, 2, 1, keys), 4)],
            _ => [q, k, v],
        };
    }

    private static double[] Reference(Feed[] f, int heads, int queries, int keys, bool causal, bool packed, float? scale = null)
    {
        int width = (int)f[0].Type.Shape[-1] / (packed ? heads : 1);
        double factor = scale ?? 1 / Math.Sqrt(width);
        long At(int b, int h, int t, int d, int length) => packed ? ((long)b * length + t) * heads * width + h * width + d : (((long)b * heads + h) * length + t) * width + d;
        var y = new double[f[0].Values.Length];
        for (int b = 0; b < 2; b++)
            for (int h = 0; h < heads; h++)
                for (int q = 0; q < queries; q++)
                {
                    var s = new double[keys];
                    for (int k = 0; k < keys; k++)
                    {
                        for (int d = 0; d < width; d++) s[k] += factor * f[0].Values[At(b, h, q, d, queries)] * f[1].Values[At(b, h, k, d, keys)];
                        if (causal && k > q) s[k] = double.NegativeInfinity;
                        if (f.Length > 3) s[k] += Mask(f[3], b, h, q, k);
                    }
                    double most = s.Max(), sum = s.Sum(v => Math.Exp(v - most));
                    for (int k = 0; k < keys; k++)
                        for (int d = 0; d < width; d++) y[At(b, h, q, d, queries)] += Math.Exp(s[k] - most) / sum * f[2].Values[At(b, h, k, d, keys)];
                }
        return y;
    }

    private static double Mask(Feed mask, params long[] index)
    {
        Shape shape = mask.Type.Shape;
        long at = 0;
        for (int i = 0; i < shape.Rank; i++) at = at * shape[i] + (shape[i] == 1 ? 0 : index[4 - shape.Rank + i]);
        return mask.Type.Element != ElementType.Bool ? mask.Values[at] : mask.Values[at] != 0 ? 0 : double.NegativeInfinity;
    }
}
