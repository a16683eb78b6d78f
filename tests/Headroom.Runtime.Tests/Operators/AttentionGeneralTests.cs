using System.Collections.Immutable;
using CsCheck;
using Headroom.Graph;
using Headroom.Graph.Operators;

namespace Headroom.Runtime.Tests.Operators;

/// <summary>Attention beyond the plain form, held against a loop.</summary>
public class AttentionGeneralTests
{
    private static readonly string[] Masks = ["none", "float full", "float heads", "float rows", "bool full", "bool queries", "short", "bool short"];

    private static readonly Gen<(Attention Op, Feed?[] Feeds)> Nodes = Gen.Select(Gen.Int[0, 1 << 20], Gen.Int[1, 2], Gen.Int[1, 3], Gen.Int[1, 4], Gen.Int[1, 4], Gen.Int[0, 31], Gen.Int[0, 255])
        .Select(t => Node(t.Item1, t.Item2, t.Item3, t.Item4, t.Item5, t.Item6 / 8, Masks[t.Item6 % 8], t.Item7));

    [Fact]
    public void Every_form_equals_the_plain_loop() => Nodes.Sample(node =>
    {
        foreach (ElementType element in new[] { ElementType.Float64, ElementType.Float32, ElementType.Float16, ElementType.BFloat16 })
        {
            Feed?[] feeds = [.. node.Feeds.Select(f => f is { } x && x.Type.Element.IsFloat() ? Feed.Of(new TensorType(element, x.Type.Shape), [.. x.Values]) : f)];
            double[][] expected = PlainAttention.Run(node.Op, feeds);
            Result[] found = Evaluate(node.Op, feeds, [0, 1, 2, 3]);
            for (int o = 0; o < 4; o++) Plain.Same(expected[o], found[o], 20 * Plain.Rounding(element));
            // The result alone may take another kernel.
            Plain.Same(expected[0], Evaluate(node.Op, feeds, [0])[0], 20 * Plain.Rounding(element));
        }
    }, iter: 60);

    [Fact]
    public void Gradients() => Nodes.Sample(node =>
    {
        // A bool mask may leave a row without keys, a float one here doesn't; either way the gradient by what is hidden is zero.
        foreach (int[] outputs in new int[][] { [0], [0, 1, 2, 3] })
        {
            Feed[] feeds = [.. node.Feeds.OfType<Feed>()];
            // Scores of -∞ have no differences.
            bool scores = outputs.Length > 1 && node.Op.ScoresOutput != AttentionScores.Masked;
            GradientCheck.Run((b, v) =>
            {
                ImmutableArray<Value> y = Add(b, node.Op, node.Feeds, v, outputs);
                return [.. outputs.Where(o => o < 3 || scores).Select(o => y[o])];
            }, 1e-6, 2e-6, feeds);
        }
    }, iter: 25);

    [Fact]
    public void Gradients_in_training_form_with_grouped_heads()
    {
        Feed[] feeds = [Feed.Random(1, 2, 3, 8), Feed.Random(2, 2, 5, 4), Feed.Random(3, 2, 5, 6)];
        GradientCheck.Run((b, v) => b.Add(new AttentionTraining { QueryHeads = 4, KeyHeads = 2, IsCausal = true }, "train", v, 2)[0], feeds);
        Feed mask = Feed.Random(4, 4, 1, 5);
        GradientCheck.Run((b, v) => b.Add(new AttentionTraining { QueryHeads = 4, KeyHeads = 2 }, "train", v, 2)[0], [.. feeds, mask]);
    }

    [Fact]
    public void A_learned_mask_of_plain_attention_has_a_gradient()
        => GradientCheck.Run((b, v) => b.Add(new Attention { QueryHeads = 2 }, v), Feed.Random(1, 2, 3, 8), Feed.Random(2, 2, 4, 8), Feed.Random(3, 2, 4, 8), Feed.Random(4, 2, 1, 4));

    [Fact]
    public void Many_scores_are_taken_in_blocks()
    {
        // 2 x 3 groups of 2 x 900 rows by 1600 keys: more than are held at once.
        Feed?[] feeds = [Feed.Random(new TensorType(ElementType.Float32, 1, 4, 900, 8), 1), Feed.Random(new TensorType(ElementType.Float32, 1, 2, 3000, 8), 2), Feed.Random(new TensorType(ElementType.Float32, 1, 2, 3000, 5), 3), null, null, null, null];
        var op = new Attention { IsCausal = true, Softcap = 4 };
        Plain.Same(PlainAttention.Run(op, feeds)[0], Evaluate(op, feeds, [0])[0], 1e-4);
        double[][] Gradients(ElementType element) => [.. GradientCheck.Evaluate((b, v) =>
        {
            Value y = b.Add(op, v);
            Value loss = b.Add(new ReduceSum { KeepDims = false }, b.Add(new Mul(), y, y));
            var gradients = new Dictionary<Value, Value>();
            Differentiate.Run(b, loss, [v[0], v[1], v[2]], (by, g) => gradients[by] = g);
            return [gradients[v[0]], gradients[v[1]], gradients[v[2]]];
        }, [.. feeds.OfType<Feed>().Select(f => new Feed(new TensorType(element, f.Type.Shape), f.Values))]).Select(r => r.Values)];
        double[][] expected = Gradients(ElementType.Float64), found = Gradients(ElementType.Float32);
        for (int i = 0; i < 3; i++)
        {
            double size = Math.Sqrt(expected[i].Average(x => x * x)), error = Math.Sqrt(expected[i].Zip(found[i], (a, b) => (a - b) * (a - b)).Average());
            Assert.True(error < 1e-4 * size, $"gradient {i}: root mean square error {error} of {size}");
        }
    }

    [Fact]
    public void A_query_that_sees_no_key_gives_zeros()
    {
        Feed[] feeds = [Feed.Random(1, 1, 2, 3, 4), Feed.Random(2, 1, 2, 3, 4), Feed.Random(3, 1, 2, 3, 4), Feed.Of(new TensorType(ElementType.Bool, 3, 3), 1, 1, 1, 0, 0, 0, 1, 0, 0)];
        foreach (ElementType element in new[] { ElementType.Float64, ElementType.Float32, ElementType.BFloat16 })
        {
            Result y = GradientCheck.Evaluate((b, v) => [b.Add(new Attention(), v)], [.. feeds.Select(f => f.Type.Element == ElementType.Bool ? f : Feed.Of(new TensorType(element, f.Type.Shape), [.. f.Values]))])[0];
            Assert.All(y.Values.Skip(4).Take(4), v => Assert.Equal(0, v));
            Assert.All(y.Values, v => Assert.True(double.IsFinite(v)));
        }
        GradientCheck.Run((b, v) => b.Add(new Attention(), v), feeds);
    }

    [Theory]
    [InlineData(0, 3)]
    [InlineData(2, 0)]
    public void Nothing_to_look_at_gives_zeros(int queries, int keys)
    {
        Feed?[] feeds = [Feed.Random(1, 2, 2, queries, 4), Feed.Random(2, 2, 2, keys, 4), Feed.Random(3, 2, 2, keys, 4), null, null, null, null];
        Result[] found = Evaluate(new Attention(), feeds, [0, 1, 3]);
        Assert.Equal(new Shape(2, 2, queries, 4), found[0].Type.Shape);
        Assert.All(found[0].Values, v => Assert.Equal(0, v));
    }

    [Theory]
    [InlineData(ElementType.Float16)]
    [InlineData(ElementType.BFloat16)]
    [InlineData(ElementType.Float64)]
    public void The_softmax_may_have_a_type_of_its_own(ElementType precision)
    {
        Feed?[] feeds = [Feed.Random(new TensorType(ElementType.Float32, 2, 2, 3, 8), 1), Feed.Random(new TensorType(ElementType.Float32, 2, 2, 5, 8), 2), Feed.Random(new TensorType(ElementType.Float32, 2, 2, 5, 8), 3), null, null, null, null];
        double[] exact = PlainAttention.Run(new Attention(), feeds)[0];
        Plain.Same(exact, Evaluate(new Attention { SoftmaxPrecision = precision }, feeds, [0])[0], precision == ElementType.Float64 ? 1e-5 : 20 * Plain.Rounding(precision));
    }

    private static (Attention Op, Feed?[] Feeds) Node(int seed, int batch, int group, int queries, int keys, int past, string mask, int flags)
    {
        bool packed = (flags & 1) != 0, causal = (flags & 2) != 0, capped = (flags & 4) != 0, counted = (flags & 8) != 0, cached = past > 0 && !counted, window = (flags & 16) != 0, wide = (flags & 128) != 0;
        const int keyHeads = 2, width = 3;
        int heads = keyHeads * group, valueWidth = wide ? 2 : 3, total = keys + (cached ? past : 0);
        Feed Random(int salt, params long[] dims) => Feed.Random(new TensorType(ElementType.Float64, dims), seed + salt, -1.5, 1.5);
        Feed Operand(int salt, int h, int seq, int w) => packed ? Random(salt, batch, seq, h * w) : Random(salt, batch, h, seq, w);
        int shorter = Math.Max(2, total - 1);
        Feed? bias = mask switch
        {
            "float full" => Random(4, batch, heads, queries, total),
            "float heads" => Random(4, heads, 1, total),
            "float rows" => Random(4, batch, 1, 1, total),
            "bool full" => Bool(seed, batch, heads, queries, total),
            "bool queries" => Bool(seed, queries, total),
            "short" => Random(4, queries, Math.Min(shorter, total)),
            "bool short" => Bool(seed, batch, 1, queries, Math.Min(shorter, total)),
            _ => null,
        };
        var op = new Attention
        {
            QueryHeads = packed ? heads : 0, KeyHeads = packed ? keyHeads : 0, IsCausal = causal, Softcap = capped ? 1.5f : 0, Scale = seed % 3 == 0 ? 0.4f : null, ScoresOutput = (AttentionScores)(flags >> 5 & 3),
            LeftWindow = window ? seed % 3 : -1, RightWindow = window && !causal ? seed % 2 : -1,
        };
        Feed? count = counted ? Feed.Of(new TensorType(ElementType.Int64, batch), [.. Enumerable.Range(0, batch).Select(b => (double)((seed + b) % (keys + 1)))]) : null;
        return (op, [Operand(1, heads, queries, width), Operand(2, keyHeads, keys, width), Operand(3, keyHeads, keys, valueWidth), bias,
            cached ? Random(5, batch, keyHeads, past, width) : null, cached ? Random(6, batch, keyHeads, past, valueWidth) : null, count]);
    }

    private static Feed Bool(int seed, params long[] dims)
    {
        var random = new Random(seed);
        var type = new TensorType(ElementType.Bool, dims);
        return Feed.Of(type, [.. Enumerable.Range(0, (int)type.Elements).Select(_ => random.Next(3) > 0 ? 1.0 : 0)]);
    }

    private static Result[] Evaluate(Attention op, Feed?[] feeds, int[] outputs) => GradientCheck.Evaluate((b, v) =>
    {
        ImmutableArray<Value> y = Add(b, op, feeds, v, outputs);
        return [.. outputs.Select(o => y[o])];
    }, [.. feeds.OfType<Feed>()]);

    /// <summary>The node with some of its outputs; absent inputs and outputs stay empty.</summary>
    private static ImmutableArray<Value> Add(TypedBuilder b, Operator op, Feed?[] feeds, Value[] v, int[] outputs)
    {
        int next = 0;
        ImmutableArray<Value> inputs = [.. feeds.Select(f => f is null ? Value.None : v[next++])];
        return b.Add(new Node("attention", op, inputs, [.. Enumerable.Range(0, outputs.Max() + 1).Select(o => outputs.Contains(o) ? b.Fresh($"y{o}") : Value.None)]));
    }
}
