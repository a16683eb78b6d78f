using Headroom.Graph;
using Headroom.Graph.Operators;
using Headroom.Runtime.LibTorch;

namespace Headroom.Runtime.Tests.Twin;

/// <summary>Transposed convolution, the other normalizations, negative log-likelihood, recurrent layers.</summary>
internal sealed class MoreLayerTwins : TwinFamily
{
    private static readonly long[] Strides = [2, 1], Pads = [1, 0], Dilations = [1, 2], Extra = [1, 0], Ones = [1, 1];

    public override IEnumerable<TwinCase> All =>
    [
        new("ConvTranspose", d => [d.Feed([d.Int(1, 2), 4, d.Int(2, 4), d.Int(2, 4)]), d.Feed([4, 3, 3, 2]), d.Feed([6])],
            (g, x) => g.Add(new ConvTranspose { Strides = Strides, Pads = [1, 0, 1, 0], Dilations = Dilations, OutputPadding = Extra, Groups = 2 }, x),
            (t, x) => t.Op("convolution", x[0], x[1], new Some(x[2]), Strides, Pads, Dilations, true, Extra, 2)),
        new("GlobalMaxPool", d => [d.Distinct([d.Int(1, 2), d.Int(1, 3), d.Int(1, 4), d.Int(1, 4)])], (g, x) => g.Add(new GlobalMaxPool(), x[0]), (t, x) => t.Many("adaptive_max_pool2d", 2, x[0], Ones)[0]),
        new("InstanceNormalization", d => Normalized(d, 3), (g, x) => g.Add(new InstanceNormalization { Epsilon = 0.125f }, x),
            (t, x) => t.Op("instance_norm", x[0], new Some(x[1]), new Some(x[2]), null, null, true, 0.1, 0.125, false)) { Tolerance = 1e-6 },
        new("GroupNormalization", d => Normalized(d, 4), (g, x) => g.Add(new GroupNormalization { Groups = 2, Epsilon = 0.125f }, x),
            (t, x) => t.Op("group_norm", x[0], 2, new Some(x[1]), new Some(x[2]), 0.125, false)) { Tolerance = 1e-6 },
        new("RMSNormalization", RootMeanSquare, (g, x) => g.Add(new RMSNormalization { Axis = -2, Epsilon = 0.125f }, x),
            (t, x) => t.Op("rms_norm", x[0], x[1].Sizes.ToArray(), new Some(x[1]), new Some(0.125))) { Tolerance = 1e-6 },
        new("NegativeLogLikelihoodLoss", d => [d.Feed([5, 4], -3, 0), d.Indices([5], 0, 3), d.Feed([4], 0.5, 2) with { Differentiate = false }], (g, x) => g.Add(new NegativeLogLikelihoodLoss(), x),
            (t, x) => t.Op("nll_loss", x[0], x[1], new Some(x[2]), 1, -100)),
        new("LSTM", d => Recurrent(d, 4), (g, x) => g.Add(new LSTM { HiddenSize = g.Type(x[2]).Shape[2] }, "lstm", x, 3)[0],
            (t, x) => Layers(t, t.Many("lstm.input", 3, x[0], new[] { Zero(t, x), Zero(t, x) }, Parameters(t, x, [0, 2, 3, 1]), true, 1, 0.0, false, false, false))) { Tolerance = 1e-8 },
        new("GRU", d => Recurrent(d, 3), (g, x) => g.Add(new GRU { HiddenSize = g.Type(x[2]).Shape[2], LinearBeforeReset = true }, "gru", x, 2)[0],
            (t, x) => Layers(t, t.Many("gru.input", 2, x[0], Zero(t, x), Parameters(t, x, [1, 0, 2]), true, 1, 0.0, false, false, false))) { Tolerance = 1e-8 },
        new("RNN", d => Recurrent(d, 1), (g, x) => g.Add(new RNN { HiddenSize = g.Type(x[2]).Shape[2] }, "rnn", x, 2)[0],
            (t, x) => Layers(t, t.Many("rnn_tanh.input", 2, x[0], Zero(t, x), Parameters(t, x, [0]), true, 1, 0.0, false, false, false))) { Tolerance = 1e-8 },
    ];

    private static Feed[] Normalized(Draw d, long channels) => [d.Feed([d.Int(1, 2), channels, d.Int(2, 4), d.Int(1, 4)]), d.Feed([channels]), d.Feed([channels])];

    private static Feed[] RootMeanSquare(Draw d)
    {
        long[] normalized = [d.Int(1, 4), d.Int(1, 4)];
        return [d.Feed([d.Int(1, 3), .. normalized]), d.Feed(normalized)];
    }

    // X, W, R, B of one direction.
    private static Feed[] Recurrent(Draw d, long gates)
    {
        long width = d.Int(1, 3), hidden = d.Int(1, 3);
        return [d.Feed([d.Int(1, 4), d.Int(1, 2), width]), d.Feed([1, gates * hidden, width]), d.Feed([1, gates * hidden, hidden]), d.Feed([1, 2 * gates * hidden])];
    }

    private static Tensor Zero(Tape t, Tensor[] x) => t.Constant(Feed.Of(new TensorType(ElementType.Float64, 1, x[0].Sizes[1], x[2].Sizes[2]), new double[x[0].Sizes[1] * x[2].Sizes[2]]));

    // libtorch's gates stand in another order, given as places in ONNX's.
    private static Tensor[] Parameters(Tape t, Tensor[] x, int[] order)
    {
        long hidden = x[2].Sizes[2], rows = order.Length * hidden;
        Tensor Gates(Tensor from, long start) => t.Op("squeeze.dim", t.Op("cat", order.Select(gate => t.Op("slice.Tensor", from, 1, new Some(start + gate * hidden), new Some(start + (gate + 1) * hidden), 1)).ToArray(), 1), 0);
        return [Gates(x[1], 0), Gates(x[2], 0), Gates(x[3], 0), Gates(x[3], rows)];
    }

    // [seq, batch, hidden] as [seq, 1, batch, hidden].
    private static Tensor Layers(Tape t, Tensor[] results) => t.Op("unsqueeze", results[0], 1);
}
