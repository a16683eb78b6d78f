using Headroom.Graph;
using Headroom.Graph.Operators;

namespace Headroom.Runtime.Tests.Twin;

/// <summary>Two operands, products, and reductions.</summary>
internal sealed class BinaryTwins : TwinFamily
{
    public override IEnumerable<TwinCase> All =>
    [
        new("Add", Broadcast, (g, x) => g.Add(new Add(), x), (t, x) => t.Add(t.Op("mul.Tensor", x[0], t.Op("ones_like", x[1], null, null, null, null, null)), t.Op("mul.Tensor", x[1], t.Op("ones_like", x[0], null, null, null, null, null)))),
        new("Sub", Broadcast, (g, x) => g.Add(new Sub(), x), (t, x) => t.Add(t.Op("mul.Tensor", x[0], t.Op("ones_like", x[1], null, null, null, null, null)), t.Op("mul.Tensor", t.Op("neg", x[1]), t.Op("ones_like", x[0], null, null, null, null, null)))),
        new("Mul", Broadcast, (g, x) => g.Add(new Mul(), x), (t, x) => t.Op("mul.Tensor", x[0], x[1])),
        new("Div", Positive, (g, x) => g.Add(new Div(), x), (t, x) => t.Op("div.Tensor", x[0], x[1])),
        new("Pow", Positive, (g, x) => g.Add(new Pow(), x), (t, x) => t.Op("pow.Tensor_Tensor", x[0], x[1])),
        new("Where", Choice, (g, x) => g.Add(new Where(), x), (t, x) => t.Op("where.self", x[0], x[1], x[2])),
        new("MatMul", Products, (g, x) => g.Add(new MatMul(), x), (t, x) => t.Op("matmul", x[0], x[1])),
        new("Gemm", Gemm, (g, x) => g.Add(new Gemm { TransposeB = true }, x), (t, x) => t.Op("linear", x[0], x[1], new Some(x[2]))),
        new("ReduceSum", d => [d.Feed(d.Dims(3, 4))], (g, x) => g.Add(new ReduceSum { KeepDims = false }, x[0], Axes(g)), (t, x) => t.Op("sum.dim_IntList", x[0], new Some(new long[] { 0, -1 }), false, null)),
        new("ReduceMean", d => [d.Feed(d.Dims(3, 4))], (g, x) => g.Add(new ReduceMean(), x[0], Axes(g)), (t, x) => t.Op("mean.dim", x[0], new Some(new long[] { 0, -1 }), true, null)),
        new("ReduceMax", d => [d.Distinct(d.Dims(3, 4))], (g, x) => g.Add(new ReduceMax { KeepDims = false }, x[0], Axes(g)), (t, x) => t.Op("amax", x[0], new long[] { 0, -1 }, false)),
    ];

    private static Value Axes(TypedBuilder g) => g.Constant(TensorData.Longs(0, -1));

    // Either side may be the smaller one.
    private static Feed[] Broadcast(Draw d)
    {
        long[] dims = d.Dims(), less = d.Broadcastable(dims);
        return d.Coin() ? [d.Feed(dims), d.Feed(less)] : [d.Feed(less), d.Feed(dims)];
    }

    private static Feed[] Positive(Draw d)
    {
        long[] dims = d.Dims(), less = d.Broadcastable(dims);
        return d.Coin() ? [d.Feed(dims, 0.3, 2), d.Feed(less, 0.3, 2)] : [d.Feed(less, 0.3, 2), d.Feed(dims, 0.3, 2)];
    }

    private static Feed[] Choice(Draw d)
    {
        long[] dims = d.Dims();
        Feed condition = d.Indices(d.Broadcastable(dims), 0, 1);
        return [Feed.Of(new TensorType(ElementType.Bool, condition.Type.Shape), [.. condition.Values]), d.Feed(dims), d.Feed(d.Broadcastable(dims))];
    }

    private static Feed[] Products(Draw d)
    {
        long m = d.Int(1, 5), k = d.Int(1, 5), n = d.Int(1, 5);
        long[] batch = d.Dims(0, 2);
        return d.Int(0, 3) switch
        {
            0 => [d.Feed([k]), d.Feed([.. batch, k, n])],
            1 => [d.Feed([.. batch, m, k]), d.Feed([k])],
            2 => [d.Feed([.. d.Broadcastable(batch), m, k]), d.Feed([.. batch, k, n])],
            _ => [d.Feed([.. batch, m, k]), d.Feed([.. d.Broadcastable(batch), k, n])],
        };
    }

    private static Feed[] Gemm(Draw d)
    {
        long m = d.Int(1, 5), k = d.Int(1, 5), n = d.Int(1, 5);
        return [d.Feed([m, k]), d.Feed([n, k]), d.Feed([n])];
    }
}
