using Headroom.Graph;
using Headroom.Graph.Operators;
using Headroom.Runtime.LibTorch;

namespace Headroom.Runtime.Tests.Twin;

/// <summary>The other reductions, running sums, choices of the largest, Einstein's sums, extrema, remainders.</summary>
internal sealed class ReductionTwins : TwinFamily
{
    private static readonly long[] Both = [0, -1];

    public override IEnumerable<TwinCase> All =>
    [
        new("ReduceMin", d => [d.Distinct(d.Dims(3, 4))], (g, x) => g.Add(new ReduceMin { KeepDims = false }, x[0], Longs(g, Both)), (t, x) => t.Op("amin", x[0], Both, false)),
        new("ReduceL1", d => [d.Feed(d.Dims(3, 4))], (g, x) => g.Add(new ReduceL1(), x[0], Longs(g, Both)), (t, x) => Sum(t, t.Op("abs", x[0]))),
        new("ReduceL2", d => [d.Feed(d.Dims(3, 4))], (g, x) => g.Add(new ReduceL2(), x[0], Longs(g, Both)), (t, x) => t.Op("sqrt", Sum(t, t.Op("mul.Tensor", x[0], x[0])))),
        new("ReduceSumSquare", d => [d.Feed(d.Dims(3, 4))], (g, x) => g.Add(new ReduceSumSquare(), x[0], Longs(g, Both)), (t, x) => Sum(t, t.Op("mul.Tensor", x[0], x[0]))),
        new("ReduceLogSum", d => [d.Feed(d.Dims(3, 4), 0.2, 3)], (g, x) => g.Add(new ReduceLogSum(), x[0], Longs(g, Both)), (t, x) => t.Op("log", Sum(t, x[0]))),
        new("ReduceLogSumExp", d => [d.Feed(d.Dims(3, 4), -4, 4)], (g, x) => g.Add(new ReduceLogSumExp { KeepDims = false }, x[0], Longs(g, Both)), (t, x) => t.Op("logsumexp", x[0], Both, false)),
        new("ReduceProd", d => [d.Feed(d.Dims(3, 4))], (g, x) => g.Add(new ReduceProd { KeepDims = false }, x[0], Longs(g, Both)), (t, x) => t.Op("prod.dim_int", t.Op("prod.dim_int", x[0], -1, false, null), 0, false, null)),
        new("CumSum", d => [d.Feed(d.Dims(2, 4))], (g, x) => g.Add(new CumSum(), x[0], g.Constant(TensorData.Scalar(-2L))), (t, x) => t.Op("cumsum", x[0], -2, null)),
        new("TopK", d => [d.Distinct([d.Int(1, 3), d.Int(3, 6)])], (g, x) => g.Add(new TopK(), "top", [x[0], Longs(g, 2)], 2)[0], (t, x) => t.Many("topk", 2, x[0], 2, -1, true, true)[0]),
        new("Einsum", Batches, (g, x) => g.Add(new Einsum { Equation = "bij,bjk,k->ik" }, x), (t, x) => t.Op("einsum", "bij,bjk,k->ik", x, null)),
        new("LpNormalization", d => [d.Feed(d.Dims(2, 4))], (g, x) => g.Add(new LpNormalization { Axis = -2 }, x[0]),
            (t, x) => t.Op("div.Tensor", x[0], t.Op("sqrt", t.Op("sum.dim_IntList", t.Op("mul.Tensor", x[0], x[0]), new Some(new long[] { -2 }), true, null)))),
        new("Max", Apart, (g, x) => g.Add(new Max(), x), (t, x) => t.Op("maximum", x[0], x[1])),
        new("Min", Apart, (g, x) => g.Add(new Min(), x), (t, x) => t.Op("minimum", x[0], x[1])),
        new("Mod", d => [d.Distinct([7]), d.Feed([1], 0.61, 0.67) with { Differentiate = false }], (g, x) => g.Add(new Mod { Fmod = true }, x), (t, x) => t.Op("fmod.Tensor", x[0], x[1])),
    ];

    private static Value Longs(TypedBuilder g, params long[] values) => g.Constant(TensorData.Longs(values));

    private static Tensor Sum(Tape t, Tensor x) => t.Op("sum.dim_IntList", x, new Some(Both), true, null);

    private static Feed[] Batches(Draw d)
    {
        long b = d.Int(1, 3), i = d.Int(1, 4), j = d.Int(1, 4), k = d.Int(1, 4);
        return [d.Feed([b, i, j]), d.Feed([b, j, k]), d.Feed([k])];
    }

    // Never equal: there the conventions differ.
    private static Feed[] Apart(Draw d)
    {
        long[] dims = d.Dims();
        Feed a = d.Distinct(dims), b = d.Distinct(d.Broadcastable(dims));
        return [a, Feed.Of(b.Type, [.. b.Values.Select(v => v + 0.02)])];
    }

    private static Feed[] Same(Draw d)
    {
        long[] dims = d.Dims();
        return [d.Feed(dims), d.Feed(dims), d.Feed(dims)];
    }
}
