using CsCheck;
using Headroom.Graph;
using Headroom.Graph.Operators;

namespace Headroom.Runtime.Tests.Operators;

public sealed class OrderingTests
{
    private static readonly ElementType[] Types =
        [ElementType.Float32, ElementType.Float64, ElementType.Float16, ElementType.BFloat16, ElementType.Int8, ElementType.UInt8, ElementType.Int32, ElementType.Int64];

    private static readonly Gen<(long[] Dims, int Axis, ElementType Element, int Seed, bool A, bool B)> Any =
        from dims in Gen.Long[1, 5].Array[1, 4]
        from axis in Gen.Int[-dims.Length, dims.Length - 1]
        from element in Gen.Int[0, Types.Length - 1]
        from seed in Gen.Int[0, 1000]
        from a in Gen.Bool
        from b in Gen.Bool
        select (dims, axis, Types[element], seed, a, b);

    [Fact]
    public void The_extreme_element_is_the_first_or_the_last_of_its_equals() => Any.Sample(c =>
    {
        Feed x = Few(new TensorType(c.Element, c.Dims), c.Seed);
        foreach (bool greatest in (bool[])[true, false])
        {
            ArgReduceOperator op = greatest ? new ArgMax { Axis = c.Axis, KeepDims = c.A, SelectLastIndex = c.B } : new ArgMin { Axis = c.Axis, KeepDims = c.A, SelectLastIndex = c.B };
            Result found = GradientCheck.Evaluate((g, v) => [g.Add(op, v[0])], x)[0];
            Assert.Equal(ElementType.Int64, found.Type.Element);
            double[] expected = [.. Slices(x, c.Axis).Select(s => (double)(c.B ? Array.LastIndexOf(s, greatest ? s.Max() : s.Min()) : Array.IndexOf(s, greatest ? s.Max() : s.Min())))];
            Assert.Equal(expected, found.Values);
        }
    }, iter: 50);

    [Fact]
    public void What_is_no_number_is_the_extreme()
    {
        Feed x = Feed.Of(new TensorType(ElementType.Float32, 5), 1, double.NaN, 3, double.NaN, -1);
        foreach (Operator op in (Operator[])[new ArgMax(), new ArgMin()]) Assert.Equal([1], GradientCheck.Evaluate((g, v) => [g.Add(op, v[0])], x)[0].Values);
        Assert.Equal([3], GradientCheck.Evaluate((g, v) => [g.Add(new ArgMin { SelectLastIndex = true }, v[0])], x)[0].Values);
        Assert.Equal([1, 3, 2, 0, 4], GradientCheck.Evaluate((g, v) => [.. Top(g, new TopK(), v[0], 5)], x)[1].Values);
        Assert.Equal([4, 0, 2, 1, 3], GradientCheck.Evaluate((g, v) => [.. Top(g, new TopK { Largest = false }, v[0], 5)], x)[1].Values);
    }

    [Fact]
    public void Long_integers_are_told_apart_that_no_double_tells()
    {
        var x = TensorData.Of<long>(ElementType.Int64, new Shape(3), [long.MaxValue - 1, long.MaxValue, long.MaxValue - 2]);
        Result[] r = GradientCheck.Evaluate((g, v) =>
        {
            Value big = g.Add(new Add(), g.Constant(x), v[0]);
            return [g.Add(new ArgMax(), big), g.Add(new ArgMin(), big), .. Top(g, new TopK(), big, 3)];
        }, Feed.Longs(Shape.Scalar, 0));
        Assert.Equal([1], r[0].Values);
        Assert.Equal([2], r[1].Values);
        Assert.Equal([1, 0, 2], r[3].Values);
    }

    [Fact]
    public void The_foremost_come_in_order_and_of_equals_the_lower_index_first() => Any.Sample(c =>
    {
        Feed x = Few(new TensorType(c.Element, c.Dims), c.Seed);
        long extent = x.Type.Shape[c.Axis], k = c.Seed % (extent + 1);
        Result[] found = GradientCheck.Evaluate((g, v) => [.. Top(g, new TopK { Axis = c.Axis, Largest = c.A, Sorted = c.B }, v[0], k)], x);
        Assert.Equal(x.Type.Shape.With(c.Axis, k), found[0].Type.Shape);
        double[][] values = Slices(new Feed(found[0].Type, found[0].Values), c.Axis), indices = Slices(new Feed(found[1].Type, found[1].Values), c.Axis), slices = Slices(x, c.Axis);
        for (int i = 0; i < values.Length; i++)
        {
            int[] order = [.. Enumerable.Range(0, (int)extent).OrderBy(j => c.A ? -slices[i][j] : slices[i][j]).ThenBy(j => j).Take((int)k)];
            Assert.Equal([.. order.Select(j => (double)j)], indices[i]);
            Assert.Equal([.. order.Select(j => slices[i][j])], values[i]);
        }
    }, iter: 50);

    [Fact]
    public void Many_are_sorted_whole()
    {
        Feed x = Feed.Random(new TensorType(ElementType.Float32, 3, 5000), 4);
        Result[] found = GradientCheck.Evaluate((g, v) => [.. Top(g, new TopK(), v[0], 700)], x);
        for (int r = 0; r < 3; r++) Assert.Equal([.. x.Values[(r * 5000)..(r * 5000 + 5000)].OrderDescending().Take(700)], found[0].Values[(r * 700)..(r * 700 + 700)]);
    }

    [Fact]
    public void The_gradient_of_the_foremost_goes_back_to_where_they_stood() => Any.Sample(c =>
    {
        Feed x = Apart(c.Dims, c.Seed);
        long k = 1 + c.Seed % x.Type.Shape[c.Axis];
        var op = new TopK { Axis = c.Axis, Largest = c.A };
        // With the indices there, and without.
        GradientCheck.Run((g, v) => [.. Top(g, op, v[0], k)], 1e-6, 1e-6, x);
        GradientCheck.Run((g, v) => g.Add(op, v[0], g.Constant(TensorData.Longs(k))), x);
    }, iter: 25);

    [Fact]
    public void Running_sums_are_a_plain_loop_s() => Any.Sample(c =>
    {
        Feed x = Few(new TensorType(c.Element, c.Dims), c.Seed);
        var op = new CumSum { Exclusive = c.A, Reverse = c.B };
        Result found = GradientCheck.Evaluate((g, v) => [g.Add(op, v[0], g.Constant(TensorData.Scalar((long)c.Axis)))], x)[0];
        double[][] slices = Slices(x, c.Axis), sums = Slices(new Feed(found.Type, found.Values), c.Axis);
        for (int s = 0; s < slices.Length; s++)
            for (int i = 0; i < slices[s].Length; i++)
                Assert.Equal(slices[s].Where((_, j) => c.B ? (c.A ? j > i : j >= i) : c.A ? j < i : j <= i).Sum(), sums[s][i], 1e-9);
    }, iter: 50);

    [Fact]
    public void The_axis_of_a_running_sum_may_come_from_data()
    {
        Feed x = Feed.Of(new TensorType(ElementType.Float64, 2, 2), 1, 2, 3, 4);
        Assert.Equal([1, 2, 4, 6], GradientCheck.Evaluate((g, v) => [g.Add(new CumSum(), v)], x, Feed.Of(new TensorType(ElementType.Int32, 1), 0))[0].Values);
        var e = Assert.Throws<GraphException>(() => GradientCheck.Evaluate((g, v) => [g.Add(new CumSum(), v)], x, Feed.Of(new TensorType(ElementType.Int32, 1), 2)));
        Assert.Contains("the axis is 2", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void The_gradient_of_a_running_sum_is_one_the_other_way() => Any.Sample(c =>
        GradientCheck.Run((g, v) => g.Add(new CumSum { Exclusive = c.A, Reverse = c.B }, v[0], g.Constant(TensorData.Scalar((long)c.Axis))), Feed.Random(c.Seed, c.Dims)), iter: 25);

    [Fact]
    public void Indices_have_no_gradient()
    {
        Feed x = Feed.Random(3, 3, 4);
        GradientCheck.Run((g, v) => g.Add(new Add(), v[0], g.Add(new Cast { To = ElementType.Float64 }, g.Add(new ArgMax { Axis = 1 }, v[0]))), x);
    }

    [Fact]
    public void Too_many_are_refused()
        => Assert.Contains("k is 5", Assert.Throws<GraphException>(() => GradientCheck.Evaluate((g, v) => [.. Top(g, new TopK(), v[0], 5)], Feed.Random(1, 2, 4))).Message, StringComparison.Ordinal);

    private static Value[] Top(TypedBuilder g, TopK op, Value x, long k) => [.. g.Add(op, "top", [x, g.Constant(TensorData.Longs(k))], 2)];

    // Few different values, so that there are equals.
    private static Feed Few(TensorType type, int seed)
    {
        var random = new Random(seed);
        return Feed.Of(type, [.. Enumerable.Range(0, (int)type.Elements).Select(_ => (double)random.Next(type.Element == ElementType.UInt8 ? 0 : -3, 4))]);
    }

    private static Feed Apart(long[] dims, int seed)
    {
        double[] values = [.. Enumerable.Range(0, (int)new Shape(dims).Elements).Select(i => 0.01 * i)];
        new Random(seed).Shuffle(values);
        return Feed.Of(new TensorType(ElementType.Float64, dims), values);
    }

    private static double[][] Slices(Feed x, int axis)
    {
        int at = x.Type.Shape.Axis(axis), inner = (int)new Shape(x.Type.Shape.Dims[(at + 1)..]).Elements, outer = (int)new Shape(x.Type.Shape.Dims[..at]).Elements, extent = (int)x.Type.Shape[at];
        return [.. Enumerable.Range(0, outer * inner).Select(s => Enumerable.Range(0, extent).Select(i => x.Values[(s / inner * extent + i) * inner + s % inner]).ToArray())];
    }
}
