using Headroom.Graph;
using Headroom.Graph.Operators;

namespace Headroom.Runtime.Tests.Twin;

/// <summary>Operators that move elements by indices, pad, repeat and resize.</summary>
internal sealed class IndexTwins : TwinFamily
{
    public override IEnumerable<TwinCase> All =>
    [
        new("GatherElements", Elements, (g, x) => g.Add(new GatherElements { Axis = 1 }, x), (t, x) => t.Op("gather", x[0], 1, x[1], false)),
        new("ScatterElements add", Scattered, (g, x) => g.Add(new ScatterElements { Axis = 1, Reduction = ScatterReduction.Add }, x), (t, x) => t.Op("scatter_add", x[0], 1, x[1], x[2])),
        new("ScatterElements", Columns, (g, x) => g.Add(new ScatterElements { Axis = 1 }, x), (t, x) => t.Op("scatter.src", x[0], 1, x[1], x[2])),
        Padded("constant", PadMode.Constant),
        Padded("reflect", PadMode.Reflect),
        Padded("replicate", PadMode.Edge),
        Padded("circular", PadMode.Wrap),
        new("Tile", d => [d.Feed(d.Dims(3, 3))], (g, x) => g.Add(new Tile(), x[0], Longs(g, 2, 1, 3)), (t, x) => t.Op("repeat", x[0], new long[] { 2, 1, 3 })),
        new("DepthToSpace", d => [d.Feed([d.Int(1, 2), 4 * d.Int(1, 2), d.Int(1, 3), d.Int(1, 3)])], (g, x) => g.Add(new DepthToSpace { BlockSize = 2, Order = DepthOrder.Crd }, x[0]), (t, x) => t.Op("pixel_shuffle", x[0], 2)),
        new("Resize linear", Image, (g, x) => g.Add(new Resize { Mode = ResizeMode.Linear }, x[0], Value.None, Value.None, Sizes(g, x[0])), (t, x) => t.Op("upsample_bilinear2d", x[0], Target, false, null, null)),
        new("Resize linear, corners aligned", Image, (g, x) => g.Add(new Resize { Mode = ResizeMode.Linear, Coordinates = CoordinateMode.AlignCorners }, x[0], Value.None, Value.None, Sizes(g, x[0])),
            (t, x) => t.Op("upsample_bilinear2d", x[0], Target, true, null, null)),
        new("Resize cubic", Image, (g, x) => g.Add(new Resize { Mode = ResizeMode.Cubic }, x[0], Value.None, Value.None, Sizes(g, x[0])), (t, x) => t.Op("upsample_bicubic2d", x[0], Target, false, null, null)),
        new("Resize nearest", d => [d.Feed([d.Int(1, 2), d.Int(1, 2), d.Int(1, 6), d.Int(1, 6)])],
            (g, x) => g.Add(new Resize { Mode = ResizeMode.Nearest, Coordinates = CoordinateMode.Asymmetric, Nearest = NearestMode.Floor }, x[0], Value.None, Value.None, Sizes(g, x[0])),
            (t, x) => t.Op("upsample_nearest2d", x[0], Target, null, null)),
    ];

    private static readonly long[] Target = [5, 7];

    private static Value Longs(TypedBuilder g, params long[] values) => g.Constant(TensorData.Longs(values));

    private static Value Sizes(TypedBuilder g, Value x) => Longs(g, g.Type(x).Shape[0], g.Type(x).Shape[1], Target[0], Target[1]);

    // libtorch lists the last axis first.
    private static TwinCase Padded(string mode, PadMode ours) => new($"Pad {mode}", d => [d.Feed([d.Int(1, 2), d.Int(1, 2), d.Int(4, 6), d.Int(4, 6)])],
        (g, x) => g.Add(new Pad { Mode = ours }, x[0], Longs(g, 0, 0, 1, 2, 0, 0, 3, 1)), (t, x) => t.Op("pad", x[0], new long[] { 2, 1, 1, 3 }, mode, null));

    private static Feed[] Image(Draw d) => [d.Feed([d.Int(1, 2), d.Int(1, 2), d.Int(2, 9), d.Int(2, 9)])];

    private static Feed[] Elements(Draw d)
    {
        long rows = d.Int(1, 4), columns = d.Int(1, 5);
        return [d.Feed([rows, columns]), d.Indices([d.Int(1, (int)rows), d.Int(1, 6)], 0, (int)columns - 1)];
    }

    private static Feed[] Scattered(Draw d)
    {
        Feed[] elements = Elements(d);
        return [.. elements, d.Feed(elements[1].Type.Shape.Dims.ToArray())];
    }

    // Each place once: what an overwritten update's gradient is, nobody defines.
    private static Feed[] Columns(Draw d)
    {
        int columns = d.Int(1, 5), rows = d.Int(1, 4);
        long[] places = [.. Enumerable.Range(0, rows).SelectMany(_ => d.Order(columns))];
        return [d.Feed([rows, columns]), Feed.Longs(new Shape(rows, columns), places), d.Feed([rows, columns])];
    }
}
