using Headroom.Graph;
using Headroom.Graph.Operators;
using Headroom.Runtime.LibTorch;

namespace Headroom.Runtime.Tests.Twin;

/// <summary>Sums, means and extrema of several operands, and remainders. Extrema are drawn from few numbers, so that ties abound.</summary>
internal sealed class VariadicTwins : TwinFamily
{
    public override IEnumerable<TwinCase> All =>
    [
        new("Max of two", d => Few(d, 2), (g, x) => g.Add(new Max(), x), (t, x) => t.Op("maximum", x[0], x[1])),
        new("Min of two", d => Few(d, 2), (g, x) => g.Add(new Min(), x), (t, x) => t.Op("minimum", x[0], x[1])),
        new("Max of several", d => Few(d, d.Int(1, 4)), (g, x) => g.Add(new Max(), x), (t, x) => t.Op("amax", Stack(t, x), Front, false)),
        new("Min of several", d => Few(d, d.Int(1, 4)), (g, x) => g.Add(new Min(), x), (t, x) => t.Op("amin", Stack(t, x), Front, false)),
        new("Sum", d => Operands(d, d.Int(1, 4), dims => d.Feed(dims)), (g, x) => g.Add(new Sum(), x), (t, x) => t.Op("sum.dim_IntList", Stack(t, x), new Some(Front), false, null)),
        new("Mean", d => Operands(d, d.Int(1, 4), dims => d.Feed(dims)), (g, x) => g.Add(new Mean(), x), (t, x) => t.Op("mean.dim", Stack(t, x), new Some(Front), false, null)),
        new("Mod of numbers", Remainder, (g, x) => g.Add(new Mod { Fmod = true }, x), (t, x) => t.Op("fmod.Tensor", x[0], x[1])),
        new("CastLike", d => [d.Feed(d.Dims()), d.Feed([1]) with { Differentiate = false }], (g, x) => g.Add(new CastLike(), x), (t, x) => t.Op("clone", x[0], null)),
    ];

    private static readonly long[] Front = [0];

    /// <summary>Operands that broadcast to the first's shape.</summary>
    private static Feed[] Operands(Draw d, int count, Func<long[], Feed> feed)
    {
        long[] dims = d.Dims();
        return [.. Enumerable.Range(0, count).Select(i => feed(i == 0 ? dims : d.Broadcastable(dims)))];
    }

    private static Feed[] Few(Draw d, int count) => Operands(d, count, dims =>
    {
        Feed f = d.Feed(dims);
        return Feed.Of(f.Type, [.. f.Values.Select(v => Math.Round(v))]);
    });

    // Quotients of magnitude up to 7 that lie off the whole numbers.
    private static Feed[] Remainder(Draw d)
    {
        Feed[] feeds = Operands(d, 2, dims => d.Feed(dims, 0.1, 0.9));
        double Sign() => d.Coin() ? 1 : -1;
        return [Feed.Of(feeds[0].Type, [.. feeds[0].Values.Select(v => Sign() * (v + d.Int(0, 6)) * 2)]), Feed.Of(feeds[1].Type, [.. feeds[1].Values.Select(_ => Sign() * 2)])];
    }

    private static Tensor Stack(Tape t, Tensor[] x)
    {
        long[] sizes = x[0].Sizes.ToArray();
        return t.Op("stack", x.Select(y => t.Op("expand", y, sizes, false)).ToArray(), 0);
    }
}
