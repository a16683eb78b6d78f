using Headroom.Graph;
using Headroom.Graph.Operators;
using Headroom.Runtime.LibTorch;

namespace Headroom.Runtime.Tests.Twin;

/// <summary>Convolutions, pooling, normalizations, attention, losses.</summary>
internal sealed class LayerTwins : TwinFamily
{
    private static readonly long[] Strides = [2, 1], Pads = [1, 0], Dilations = [1, 2], Kernel = [3, 2], Zeros = [0, 0], Ones = [1, 1];

    public override IEnumerable<TwinCase> All =>
    [
        new("Conv", Convolution, (g, x) => g.Add(new Conv { Strides = Strides, Pads = [1, 0, 1, 0], Dilations = Dilations, Groups = 2 }, x),
            (t, x) => t.Op("convolution", x[0], x[1], new Some(x[2]), Strides, Pads, Dilations, false, Zeros, 2)),
        new("MaxPool", d => [d.Distinct(Image(d))], (g, x) => g.Add(new MaxPool { KernelShape = Kernel, Strides = Strides, Pads = [1, 0, 1, 0] }, x[0]),
            (t, x) => t.Op("max_pool2d", x[0], Kernel, Strides, Pads, Ones, false)),
        new("AveragePool", d => [d.Feed(Image(d))], (g, x) => g.Add(new AveragePool { KernelShape = Kernel, Strides = Strides, Pads = [1, 0, 1, 0] }, x[0]),
            (t, x) => t.Op("avg_pool2d", x[0], Kernel, Strides, Pads, false, false, null)),
        new("AveragePool counting pads", d => [d.Feed(Image(d))], (g, x) => g.Add(new AveragePool { KernelShape = Kernel, Strides = Strides, Pads = [1, 0, 1, 0], CountIncludePad = true }, x[0]),
            (t, x) => t.Op("avg_pool2d", x[0], Kernel, Strides, Pads, false, true, null)),
        new("GlobalAveragePool", d => [d.Feed(Image(d))], (g, x) => g.Add(new GlobalAveragePool(), x[0]), (t, x) => t.Op("adaptive_avg_pool2d", x[0], Ones)),
        new("BatchNormalization", BatchNorm, (g, x) => g.Add(new BatchNormalization { Epsilon = 0.125f }, x),
            (t, x) => t.Op("batch_norm", x[0], new Some(x[1]), new Some(x[2]), new Some(x[3]), new Some(x[4]), false, 0.1, 0.125, false)),
        new("BatchNormalizationTraining", BatchNorm, (g, x) => g.Add(new BatchNormalizationTraining { Epsilon = 0.125f }, "norm", x, 5)[0],
            (t, x) => t.Op("batch_norm", x[0], new Some(x[1]), new Some(x[2]), null, null, true, 0.1, 0.125, false)) { Tolerance = 1e-6 },
        new("LayerNormalization", LayerNorm, (g, x) => g.Add(new LayerNormalization { Axis = -2, Epsilon = 0.125f }, x),
            (t, x) => t.Op("layer_norm", x[0], x[1].Sizes.ToArray(), new Some(x[1]), new Some(x[2]), 0.125, false)),
        new("Attention", Heads, (g, x) => g.Add(new Attention(), x),
            (t, x) => t.Op("scaled_dot_product_attention", x[0], x[1], x[2], null, 0.0, false, null, false)) { Tolerance = 1e-6 },
        new("Attention masked", d => [.. Heads(d, 6), d.Feed([1, 1, 4, 6]) with { Differentiate = false }], (g, x) => g.Add(new Attention(), x),
            (t, x) => t.Op("matmul", t.Op("softmax.int", t.Add(Scores(t, x), t.Op("expand", x[3], Scores(t, x).Sizes.ToArray(), false)), -1, null), x[2])) { Tolerance = 1e-6 },
        new("SoftmaxCrossEntropyLoss", Labelled, (g, x) => g.Add(new SoftmaxCrossEntropyLoss(), x),
            (t, x) => t.Op("cross_entropy_loss", x[0], x[1], null, 1, -100, 0.0)),
        new("SoftmaxCrossEntropyLoss each, ignoring", Labelled, (g, x) => g.Add(new SoftmaxCrossEntropyLoss { Reduction = LossReduction.None, IgnoreIndex = 2 }, x),
            (t, x) => t.Op("cross_entropy_loss", x[0], x[1], null, 0, 2, 0.0)),
        new("SoftmaxCrossEntropyLoss weighted", d => [.. Labelled(d), d.Feed([4], 0.5, 2) with { Differentiate = false }], (g, x) => g.Add(new SoftmaxCrossEntropyLoss(), x),
            (t, x) => t.Op("cross_entropy_loss", x[0], x[1], new Some(x[2]), 1, -100, 0.0)),
    ];

    private static long[] Image(Draw d) => [d.Int(1, 2), d.Int(1, 3), d.Int(4, 7), d.Int(4, 7)];

    private static Feed[] Convolution(Draw d) => [d.Feed([d.Int(1, 2), 4, d.Int(4, 6), d.Int(4, 6)]), d.Feed([6, 2, 3, 2]), d.Feed([6])];

    private static Feed[] BatchNorm(Draw d)
    {
        long channels = d.Int(1, 4);
        Feed Statistic(double low) => d.Feed([channels], low, 2) with { Differentiate = false };
        return [d.Feed([d.Int(2, 4), channels, d.Int(1, 4)]), d.Feed([channels]), d.Feed([channels]), Statistic(-2), Statistic(0.5)];
    }

    private static Feed[] LayerNorm(Draw d)
    {
        long[] normalized = [d.Int(1, 4), d.Int(2, 5)];
        return [d.Feed([d.Int(1, 3), .. normalized]), d.Feed(normalized), d.Feed(normalized)];
    }

    private static Feed[] Heads(Draw d) => Heads(d, d.Int(1, 6));

    private static Feed[] Heads(Draw d, long keys)
    {
        long batch = d.Int(1, 2), heads = d.Int(1, 3), width = d.Int(1, 4);
        return [d.Feed([batch, heads, 4, width]), d.Feed([batch, heads, keys, width]), d.Feed([batch, heads, keys, width])];
    }

    private static Tensor Scores(Tape t, Tensor[] x)
        => t.Op("mul.Tensor", t.Op("matmul", x[0], t.Op("transpose.int", x[1], -1, -2)), t.Number(1 / Math.Sqrt(x[0].Sizes[^1])));

    private static Feed[] Labelled(Draw d)
    {
        long rows = d.Int(2, 6);
        Feed labels = d.Indices([rows], 0, 3);
        labels.Values[0] = 1; // one that isn't ignored
        return [d.Feed([rows, 4]), labels];
    }
}
