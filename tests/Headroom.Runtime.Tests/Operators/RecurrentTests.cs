using System.Collections.Immutable;
using CsCheck;
using Headroom.Graph;
using Headroom.Graph.Operators;
using Headroom.Graph.Passes;

namespace Headroom.Runtime.Tests.Operators;

public class RecurrentTests
{
    // Without kinks: central differences hold everywhere.
    private static readonly RecurrentActivation[] Smooth =
    [
        new(ActivationKind.Sigmoid), new(ActivationKind.Tanh), new(ActivationKind.Affine, 0.7f, 0.1f), new(ActivationKind.ScaledTanh, 0.8f, 0.6f), new(ActivationKind.Softsign), new(ActivationKind.Softplus), new(ActivationKind.Elu, 1),
    ];

    private static readonly RecurrentActivation[] Kinked =
        [new(ActivationKind.Relu), new(ActivationKind.LeakyRelu, 0.1f), new(ActivationKind.ThresholdedRelu, 0.3f), new(ActivationKind.HardSigmoid, 0.3f, 0.4f), new(ActivationKind.Elu, 0.5f), .. Smooth];

    private static Gen<(RecurrentOperator Op, Feed?[] Feeds)> Nodes(RecurrentActivation[] activations, bool clipped)
        => Gen.Select(Gen.Int[0, 1 << 20], Gen.Int[0, 2], Gen.Int[1, 4], Gen.Int[1, 3], Gen.Int[1, 3], Gen.Int[1, 4], Gen.Int[0, 255])
            .Select(t => Node(t.Item1, t.Item2, t.Item3, t.Item4, t.Item5, t.Item6, t.Item7, activations, clipped));

    [Fact]
    public void Every_form_equals_the_plain_loop() => Nodes(Kinked, clipped: true).Sample(node =>
    {
        foreach (ElementType element in new[] { ElementType.Float64, ElementType.Float32, ElementType.Float16, ElementType.BFloat16 })
        {
            Feed?[] feeds = [.. node.Feeds.Select(f => f is { } x && x.Type.Element.IsFloat() ? Feed.Of(new TensorType(element, x.Type.Shape), [.. x.Values]) : f)];
            double[][] expected = PlainRecurrent.Run(node.Op, feeds);
            Same(expected, Evaluate(node.Op, feeds, node.Op.KeptOutput), 20 * Plain.Rounding(element));
            RecurrentOperator turned = Turned(node.Op);
            Result[] found = Evaluate(turned, BatchFirst(feeds), node.Op.KeptOutput);
            Same(expected, [TimeFirst(found[0], 1, 2, 0, 3), .. found[1..].Select(r => TimeFirst(r, 1, 0, 2))], 20 * Plain.Rounding(element));
        }
    }, iter: 60);

    [Fact]
    public void Gradients() => Nodes(Smooth, clipped: false).Sample(node =>
    {
        bool batchFirst = node.Feeds[0]!.Values[0] > 0;
        RecurrentOperator op = batchFirst ? Turned(node.Op) : node.Op;
        Feed?[] inputs = batchFirst ? BatchFirst(node.Feeds) : node.Feeds;
        Feed[] feeds = [.. inputs.OfType<Feed>()];
        GradientCheck.Run((b, v) => [.. Add(b, op, inputs, v, op.KeptOutput)], 1e-6, 2e-6, feeds);
        // Only the last states, and what was kept in a training step.
        GradientCheck.Run((b, v) =>
        {
            ImmutableArray<Value> y = Add(b, op, inputs, v, op.KeptOutput + 1);
            return [y[1]];
        }, 1e-6, 2e-6, feeds);
    }, iter: 30);

    [Theory]
    [InlineData(ActivationKind.Relu)]
    [InlineData(ActivationKind.LeakyRelu)]
    [InlineData(ActivationKind.ThresholdedRelu)]
    [InlineData(ActivationKind.HardSigmoid)]
    [InlineData(ActivationKind.Elu)]
    public void Gradients_of_activations_with_kinks(ActivationKind kind)
    {
        // One step from zero: the sum is x itself, which stays away from the kinks at -2.5, 0, 0.3 (or 1) and 2.5.
        double[] x = [-3.1, -1.2, -0.4, 0.6, 1.4, 2.9];
        RecurrentActivation f = RecurrentActivation.Default(kind);
        Feed[] feeds = [Feed.Of(new TensorType(ElementType.Float64, 1, 6, 1), x), Feed.Of(new TensorType(ElementType.Float64, 1, 1, 1), 1), Feed.Random(1, 1, 1, 1)];
        GradientCheck.Run((b, v) => b.Add(new RNN { Activations = [f] }, v), feeds);
        GradientCheck.Run((b, v) => b.Add(new RNN { Activations = [f], Clip = 1 }, v), feeds);
    }

    [Fact]
    public void A_training_step_keeps_what_the_gradient_needs()
    {
        var m = new ModelBuilder("step");
        Value x = m.Input("x", ElementType.Float32, 5, 2, 3), w = m.Weight("w", Initializer.Ones, 1, 16, 3), r = m.Weight("r", Initializer.Ones, 1, 16, 4);
        Value y = m.AddMany(new LSTM(), 2, x, w, r)[1];
        Model training = TrainingForm.Run(m.Build(y));
        Node node = training.Nodes.Single(n => n.Operator is LSTM);
        Assert.Equal(4, node.Outputs.Length);
        Assert.True(node.Outputs[3].Exists);
    }

    [Fact]
    public void A_sequence_longer_than_the_steps_is_refused()
    {
        Feed[] feeds = [Feed.Random(1, 3, 2, 2), Feed.Random(2, 1, 4, 2), Feed.Random(3, 1, 4, 4), Feed.Of(new TensorType(ElementType.Int32, 2), 3, 4)];
        var e = Assert.Throws<GraphException>(() => GradientCheck.Evaluate((b, v) => [b.Add(new RNN(), v[0], v[1], v[2], Value.None, v[3])], feeds));
        Assert.Contains("sequence 1 has 4 steps", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Nothing_to_read_gives_the_first_state()
    {
        Feed[] feeds = [Feed.Random(1, 0, 2, 3), Feed.Random(2, 1, 12, 3), Feed.Random(3, 1, 12, 4), Feed.Random(4, 1, 2, 4)];
        Result[] y = GradientCheck.Evaluate((b, v) => [.. b.Add(new GRU(), "gru", [v[0], v[1], v[2], Value.None, Value.None, v[3]], 2)], feeds);
        Assert.Equal(new Shape(0, 1, 2, 4), y[0].Type.Shape);
        Assert.Equal(feeds[3].Values, y[1].Values);
    }

    [Fact]
    public void Wide_layers_use_every_unit()
    {
        // More units than are taken at once, more sequences than one thread gets.
        foreach (RecurrentOperator op in new RecurrentOperator[] { new LSTM(), new GRU { LinearBeforeReset = true }, new RNN() })
        {
            Feed R(int seed, params long[] dims) => Feed.Random(new TensorType(ElementType.Float32, dims), seed, -0.2, 0.2);
            Feed?[] feeds = [R(1, 3, 40, 5), R(2, 1, op.Gates * 75, 5), R(3, 1, op.Gates * 75, 75), R(4, 1, 2 * op.Gates * 75), null, null, null, null];
            Same(PlainRecurrent.Run(op, feeds), Evaluate(op, feeds[..op.InputCount], op.KeptOutput), 1e-5);
        }
    }

    private static (RecurrentOperator Op, Feed?[] Feeds) Node(int seed, int kind, int seq, int batch, int input, int hidden, int flags, RecurrentActivation[] activations, bool clipped)
    {
        var random = new Random(seed);
        RecurrentDirection direction = (flags & 3) switch { 1 => RecurrentDirection.Reverse, 2 => RecurrentDirection.Bidirectional, _ => RecurrentDirection.Forward };
        int directions = direction == RecurrentDirection.Bidirectional ? 2 : 1, states = kind == 0 ? 2 : 1, needed = kind switch { 0 => 3, 1 => 2, _ => 1 };
        ImmutableArray<RecurrentActivation> chosen = (flags & 4) != 0 ? [.. Enumerable.Range(0, needed * directions).Select(_ => activations[random.Next(activations.Length)])] : [];
        float clip = clipped && (flags & 8) != 0 ? 0.5f : 0;
        bool option = (flags & 16) != 0;
        RecurrentOperator op = kind switch
        {
            0 => new LSTM { Direction = direction, Activations = chosen, Clip = clip, InputForget = option },
            1 => new GRU { Direction = direction, Activations = chosen, Clip = clip, LinearBeforeReset = option },
            _ => new RNN { Direction = direction, Activations = chosen, Clip = clip, HiddenSize = hidden },
        };
        Feed R(int salt, params long[] dims) => Feed.Random(new TensorType(ElementType.Float64, dims), seed + salt, -0.8, 0.8);
        Feed? If(int flag, Func<Feed> feed) => (flags & flag) != 0 ? feed() : null;
        return (op,
        [
            R(1, seq, batch, input), R(2, directions, op.Gates * hidden, input), R(3, directions, op.Gates * hidden, hidden), If(32, () => R(4, directions, 2 * op.Gates * hidden)),
            If(64, () => Feed.Of(new TensorType(ElementType.Int32, batch), [.. Enumerable.Range(0, batch).Select(_ => (double)random.Next(seq + 1))])), If(128, () => R(5, directions, batch, hidden)),
            .. states > 1 ? new[] { If(128, () => R(6, directions, batch, hidden)), If(32, () => R(7, directions, 3 * hidden)) } : [],
        ]);
    }

    private static RecurrentOperator Turned(RecurrentOperator op) => op switch
    {
        LSTM l => new LSTM { Direction = l.Direction, Activations = l.Activations, Clip = l.Clip, InputForget = l.InputForget, BatchFirst = true },
        GRU g => new GRU { Direction = g.Direction, Activations = g.Activations, Clip = g.Clip, LinearBeforeReset = g.LinearBeforeReset, BatchFirst = true },
        _ => new RNN { Direction = op.Direction, Activations = op.Activations, Clip = op.Clip, BatchFirst = true },
    };

    private static Feed?[] BatchFirst(Feed?[] feeds) => [.. feeds.Select((f, i) => f is { } x && i is 0 or 5 or 6 && f is not null ? Permuted(f, 1, 0, 2) : f)];

    private static Feed Permuted(Feed f, params int[] order)
    {
        var shape = new Shape([.. order.Select(a => f.Type.Shape[a])]);
        var values = new double[f.Values.Length];
        for (int i = 0; i < values.Length; i++)
        {
            long[] at = Plain.Coordinates(shape, i), from = new long[order.Length];
            for (int a = 0; a < order.Length; a++) from[order[a]] = at[a];
            values[i] = f.Values[Plain.Index(f.Type.Shape, from)];
        }
        return f with { Type = new TensorType(f.Type.Element, shape), Values = values };
    }

    private static Result TimeFirst(Result r, params int[] order)
    {
        Feed turned = Permuted(new Feed(r.Type, r.Values), order);
        return new Result(turned.Type, turned.Values);
    }

    private static void Same(double[][] expected, Result[] found, double tolerance)
    {
        for (int o = 0; o < expected.Length; o++) Plain.Same(expected[o], found[o], tolerance);
    }

    private static Result[] Evaluate(RecurrentOperator op, Feed?[] feeds, int outputs) => GradientCheck.Evaluate((b, v) => [.. Add(b, op, feeds, v, outputs)], [.. feeds.OfType<Feed>()]);

    private static ImmutableArray<Value> Add(TypedBuilder b, Operator op, Feed?[] feeds, Value[] v, int outputs)
    {
        int next = 0;
        return b.Add(op, "layer", [.. feeds.Select(f => f is null ? Value.None : v[next++])], outputs);
    }
}
