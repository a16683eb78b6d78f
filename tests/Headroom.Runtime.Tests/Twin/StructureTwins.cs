using Headroom.Graph;
using Headroom.Graph.Operators;

namespace Headroom.Runtime.Tests.Twin;

/// <summary>Operators that move elements.</summary>
internal sealed class StructureTwins : TwinFamily
{
    private static readonly long[] Backwards = [2, 0, 1], Flat = [-1];

    public override IEnumerable<TwinCase> All =>
    [
        new("Transpose", d => [d.Feed(d.Dims(3, 3))], (g, x) => g.Add(new Transpose { Permutation = [2, 0, 1] }, x[0]), (t, x) => t.Op("permute", x[0], Backwards)),
        new("Reshape", d => [d.Feed(d.Dims(2, 4))], (g, x) => g.Add(new Reshape(), x[0], Longs(g, -1)), (t, x) => t.Op("reshape", x[0], Flat)),
        new("Flatten", d => [d.Feed(d.Dims(2, 4))], (g, x) => g.Add(new Flatten { Axis = 0 }, x[0]), (t, x) => t.Op("unsqueeze", t.Op("reshape", x[0], Flat), 0)),
        new("Unsqueeze", d => [d.Feed(d.Dims(1, 3))], (g, x) => g.Add(new Unsqueeze(), x[0], Longs(g, 1)), (t, x) => t.Op("unsqueeze", x[0], 1)),
        new("Squeeze", d => [d.Feed([d.Int(1, 4), 1, d.Int(1, 4)])], (g, x) => g.Add(new Squeeze(), x[0], Longs(g, 1)), (t, x) => t.Op("squeeze.dim", x[0], 1)),
        new("Expand", d => [d.Feed([d.Coin() ? 1 : 3, 1, d.Coin() ? 1 : 2])], (g, x) => g.Add(new Expand(), x[0], Longs(g, 2, 3, 4, 2)), (t, x) => t.Op("expand", x[0], new long[] { 2, 3, 4, 2 }, false)),
        new("Concat", Pieces, (g, x) => g.Add(new Concat { Axis = 1 }, x), (t, x) => t.Op("cat", x, 1)),
        new("Slice", d => [d.Feed([d.Int(1, 4), d.Int(5, 9)])], (g, x) => g.Add(new Slice(), x[0], Longs(g, 1), Longs(g, -1), Longs(g, 1), Longs(g, 2)), (t, x) => t.Op("slice.Tensor", x[0], 1, new Some(1), new Some(-1), 2)),
        new("Split", d => [d.Feed([5, d.Int(1, 4)])], (g, x) => g.Add(new Split { Axis = 0 }, "split", [x[0], Longs(g, 2, 3)], 2)[1], (t, x) => t.Op("slice.Tensor", x[0], 0, new Some(2), null, 1)),
        new("Gather", d => [d.Feed([d.Int(1, 3), 5, d.Int(1, 3)]), d.Indices([d.Int(1, 7)], 0, 4)], (g, x) => g.Add(new Gather { Axis = 1 }, x), (t, x) => t.Op("index_select", x[0], 1, x[1])),
        new("Trilu", d => [d.Feed(d.Dims(2, 3))], (g, x) => g.Add(new Trilu { Upper = false }, x[0], g.Constant(TensorData.Scalar(1L))), (t, x) => t.Op("tril", x[0], 1)),
        new("Identity", d => [d.Feed(d.Dims())], (g, x) => g.Add(new Mul(), g.Add(new Identity(), x[0]), x[0]), (t, x) => t.Op("mul.Tensor", x[0], x[0])),
    ];

    private static Value Longs(TypedBuilder g, params long[] values) => g.Constant(TensorData.Longs(values));

    private static Feed[] Pieces(Draw d)
    {
        long a = d.Int(1, 4), b = d.Int(1, 4);
        return [.. Enumerable.Range(0, d.Int(1, 3)).Select(_ => d.Feed([a, d.Int(1, 4), b]))];
    }
}
