using CsCheck;
using Headroom.Graph;
using Headroom.Graph.Operators;

namespace Headroom.Runtime.Tests.Operators;

public sealed class GatherScatterTests
{
    private static readonly Gen<ScatterReduction> Reductions = Gen.Enum<ScatterReduction>();

    private static double Reduce(ScatterReduction reduction, double old, double update) => reduction switch
    {
        ScatterReduction.None => update,
        ScatterReduction.Add => old + update,
        ScatterReduction.Mul => old * update,
        ScatterReduction.Min => Math.Min(old, update),
        _ => Math.Max(old, update),
    };

    /// <summary>Indices of a shape that may be smaller than the data beside the axis; under none, no two of a line are the same. A third count from the end.</summary>
    private static Feed Indices(Random random, Shape data, int axis, bool distinct)
    {
        long extent = data[axis];
        long[] dims = [.. data.Dims.ToArray().Select(d => (long)random.Next(1, (int)d + 1))];
        if (!distinct) dims[axis] = random.Next(1, 7);
        var shape = new Shape(dims);
        long[] values = [.. Enumerable.Range(0, (int)shape.Elements).Select(i =>
        {
            long[] at = Plain.Coordinates(shape, i);
            long index = distinct ? (at[axis] + at.Sum() - at[axis]) % extent : random.Next((int)extent);
            return random.Next(3) == 0 ? index - extent : index;
        })];
        return Feed.Longs(shape, values);
    }

    private static int Target(Shape data, Feed indices, int axis, int i)
    {
        long[] at = Plain.Coordinates(indices.Type.Shape, i);
        at[axis] = (long)indices.Values[i] < 0 ? (long)indices.Values[i] + data[axis] : (long)indices.Values[i];
        return Plain.Index(data, at);
    }

    [Fact]
    public void Elements_are_gathered_along_any_axis_and_their_gradients_summed()
        => Gen.Select(Gen.Long[1, 4].Array[1, 4], Gen.Int[0, 99], Gen.Int[0, 999]).Sample((dims, along, seed) =>
        {
            Feed x = Feed.Random(seed, dims);
            int axis = along % dims.Length;
            Feed indices = Indices(new Random(seed), x.Type.Shape, axis, distinct: false);
            Value Function(TypedBuilder g, Value[] v) => g.Add(new GatherElements { Axis = axis - (along % 2 * dims.Length) }, v[0], v[1]);
            Result found = GradientCheck.Evaluate((g, v) => [Function(g, v)], x, indices)[0];
            Assert.Equal([.. Enumerable.Range(0, indices.Values.Length).Select(i => x.Values[Target(x.Type.Shape, indices, axis, i)])], found.Values);
            GradientCheck.Run(Function, x, indices);
        }, iter: 40, threads: 1);

    [Fact]
    public void Elements_are_scattered_by_every_reduction_with_its_gradients()
        => Gen.Select(Gen.Long[1, 4].Array[1, 4], Gen.Int[0, 99], Reductions, Gen.Int[0, 999]).Sample((dims, along, reduction, seed) =>
        {
            Feed x = Feed.Random(seed, dims);
            int axis = along % dims.Length;
            Feed indices = Indices(new Random(seed), x.Type.Shape, axis, distinct: reduction == ScatterReduction.None);
            Feed updates = Feed.Random(seed + 1, indices.Type.Shape.Dims.ToArray());
            // A zero among the factors must not spoil the derivatives by the others.
            if (reduction == ScatterReduction.Mul) (x.Values[0], updates.Values[^1]) = (0, 0);
            Value Function(TypedBuilder g, Value[] v) => g.Add(new ScatterElements { Axis = axis, Reduction = reduction }, v[0], v[1], v[2]);
            double[] expected = [.. x.Values];
            for (int i = 0; i < updates.Values.Length; i++)
            {
                int at = Target(x.Type.Shape, indices, axis, i);
                expected[at] = Reduce(reduction, expected[at], updates.Values[i]);
            }
            Plain.Same(expected, GradientCheck.Evaluate((g, v) => [Function(g, v)], x, indices, updates)[0], 1e-12);
            GradientCheck.Run(Function, x, indices, updates);
        }, iter: 60, threads: 1);

    [Fact]
    public void Slices_are_gathered_by_tuples_within_batches_and_their_gradients_summed()
        => Gen.Select(Gen.Long[1, 4].Array[1, 4], Gen.Int[0, 99], Gen.Int[0, 999]).Sample((dims, choice, seed) =>
        {
            var random = new Random(seed);
            Feed x = Feed.Random(seed, dims);
            int batch = random.Next(dims.Length), tuple = random.Next(1, dims.Length - batch + 1);
            long[] between = [.. Enumerable.Range(0, choice % 3).Select(_ => (long)random.Next(1, 4))];
            var shape = new Shape([.. dims[..batch], .. between, tuple]);
            long[] values = [.. Enumerable.Range(0, (int)shape.Elements).Select(i => (long)random.Next((int)-dims[batch + i % tuple], (int)dims[batch + i % tuple]))];
            Feed indices = choice % 2 == 0 ? Feed.Longs(shape, values) : Feed.Of(new TensorType(ElementType.Int32, shape), [.. values.Select(v => (double)v)]);
            Value Function(TypedBuilder g, Value[] v) => g.Add(new GatherND { BatchDims = batch }, v[0], v[1]);
            Result found = GradientCheck.Evaluate((g, v) => [Function(g, v)], x, indices)[0];
            Assert.Equal(new Shape([.. dims[..batch], .. between, .. dims[(batch + tuple)..]]), found.Type.Shape);
            for (int i = 0; i < found.Values.Length; i++)
            {
                long[] at = Plain.Coordinates(found.Type.Shape, i);
                long[] name = [.. Enumerable.Range(0, tuple).Select(k => (long)indices.Values[Plain.Index(shape, [.. at[..(batch + between.Length)], k])])];
                long[] from = [.. at[..batch], .. name.Select((n, k) => n < 0 ? n + dims[batch + k] : n), .. at[(batch + between.Length)..]];
                Assert.Equal(x.Values[Plain.Index(x.Type.Shape, from)], found.Values[i]);
            }
            GradientCheck.Run(Function, x, indices);
        }, iter: 40, threads: 1);

    [Fact]
    public void Slices_are_scattered_by_every_reduction_with_its_gradients()
        => Gen.Select(Gen.Long[1, 4].Array[1, 3], Reductions, Gen.Int[0, 999]).Sample((dims, reduction, seed) =>
        {
            var random = new Random(seed);
            Feed x = Feed.Random(seed, dims);
            int tuple = random.Next(1, dims.Length + 1);
            // Under none each tuple once; otherwise any.
            var named = new Shape(dims.AsSpan()[..tuple]);
            int[] places = reduction == ScatterReduction.None
                ? [.. Enumerable.Range(0, (int)named.Elements).OrderBy(_ => random.Next()).Take(random.Next(1, 5))]
                : [.. Enumerable.Range(0, random.Next(1, 7)).Select(_ => random.Next((int)named.Elements))];
            long[] values = [.. places.SelectMany(p => Plain.Coordinates(named, p).Select((at, k) => random.Next(3) == 0 ? at - dims[k] : at))];
            Feed indices = Feed.Longs(new Shape(places.Length, tuple), values);
            Feed updates = Feed.Random(seed + 1, [places.Length, .. dims[tuple..]]);
            if (reduction == ScatterReduction.Mul) (x.Values[^1], updates.Values[0]) = (0, 0);
            Value Function(TypedBuilder g, Value[] v) => g.Add(new ScatterND { Reduction = reduction }, v[0], v[1], v[2]);
            double[] expected = [.. x.Values];
            int slice = updates.Values.Length / places.Length;
            for (int i = 0; i < updates.Values.Length; i++)
            {
                int at = places[i / slice] * slice + i % slice;
                expected[at] = Reduce(reduction, expected[at], updates.Values[i]);
            }
            Plain.Same(expected, GradientCheck.Evaluate((g, v) => [Function(g, v)], x, indices, updates)[0], 1e-12);
            GradientCheck.Run(Function, x, indices, updates);
        }, iter: 60, threads: 1);

    [Fact]
    public void Every_element_type_is_gathered_and_scattered()
    {
        foreach (ElementType element in Enum.GetValues<ElementType>())
        {
            Feed x = Feed.Of(new TensorType(element, 3), 1, 0, 1), i = Feed.Longs(new Shape(2), 1, -1), t = Feed.Longs(new Shape(2, 1), 1, -1), u = Feed.Of(new TensorType(element, 2), 1, 0);
            Assert.Equal([0, 1], GradientCheck.Evaluate((g, v) => [g.Add(new GatherElements(), v[0], v[1])], x, i)[0].Values);
            Assert.Equal([0, 1], GradientCheck.Evaluate((g, v) => [g.Add(new GatherND(), v[0], v[1])], x, t)[0].Values);
            foreach (ScatterReduction reduction in Enum.GetValues<ScatterReduction>())
            {
                double[] expected = [1, Reduce(reduction, 0, 1), Reduce(reduction, 1, 0)];
                Assert.Equal(expected, GradientCheck.Evaluate((g, v) => [g.Add(new ScatterElements { Reduction = reduction }, v[0], v[1], v[2])], x, i, u)[0].Values);
                Assert.Equal(expected, GradientCheck.Evaluate((g, v) => [g.Add(new ScatterND { Reduction = reduction }, v[0], v[1], v[2])], x, t, u)[0].Values);
            }
        }
    }

    [Theory]
    [InlineData(ElementType.BFloat16)]
    [InlineData(ElementType.Float16)]
    public void Many_gradients_of_one_element_are_summed_without_losing_small_terms(ElementType element)
    {
        // 3000 times 1 in bf16 would stop at 256 if it were summed in bf16.
        Feed x = Feed.Of(new TensorType(element, 2), 0, 0), indices = Feed.Longs(new Shape(3000), new long[3000]), tuples = Feed.Longs(new Shape(3000, 1), new long[3000]);
        foreach ((Operator op, Feed where) in new (Operator, Feed)[] { (new GatherElements(), indices), (new GatherND(), tuples) })
        {
            Result found = GradientCheck.Evaluate((g, v) =>
            {
                Value sum = g.Add(new ReduceSum { KeepDims = false }, g.Add(new Cast { To = ElementType.Float32 }, g.Add(op, v[0], v[1])));
                Value gradient = Value.None;
                Differentiate.Run(g, sum, [v[0]], (_, by) => gradient = by);
                return [gradient];
            }, x, where)[0];
            Plain.Same([3000, 0], found, Plain.Rounding(element));
        }
    }

    [Fact]
    public void A_value_scattered_into_itself_is_read_before_it_changes()
    {
        Feed x = Feed.Random(1, 4), reversed = Feed.Longs(new Shape(4), 3, 2, 1, 0);
        Result found = GradientCheck.Evaluate((g, v) =>
        {
            Value own = g.Add(new Exp(), v[0]);
            return [g.Add(new ScatterElements(), own, v[1], own)];
        }, x, reversed)[0];
        Plain.Same([.. x.Values.Reverse().Select(Math.Exp)], found, 1e-12);
    }

    [Fact]
    public void Nothing_to_gather_or_scatter_is_no_fault()
    {
        Assert.Empty(GradientCheck.Evaluate((g, v) => [g.Add(new GatherElements(), v[0], v[1])], Feed.Random(2, 3), Feed.Longs(new Shape(0)))[0].Values);
        Assert.Equal(new Shape(0, 2), GradientCheck.Evaluate((g, v) => [g.Add(new GatherND(), v[0], v[1])], Feed.Random(2, 3, 2), Feed.Longs(new Shape(0, 1)))[0].Type.Shape);
        Feed x = Feed.Random(3, 3);
        Assert.Equal(x.Values, GradientCheck.Evaluate((g, v) => [g.Add(new ScatterElements(), v[0], v[1], v[2])], x, Feed.Longs(new Shape(0)), Feed.Random(4, 0))[0].Values);
        Assert.Equal(x.Values, GradientCheck.Evaluate((g, v) => [g.Add(new ScatterND(), v[0], v[1], v[2])], x, Feed.Longs(new Shape(0, 1)), Feed.Random(4, 0))[0].Values);
    }

    [Fact]
    public void An_index_outside_is_refused_by_name_and_place()
    {
        Feed x = Feed.Random(5, 3, 2), u = Feed.Random(6, 1, 2), line = Feed.Longs(new Shape(1, 2), 0, 3), tuple = Feed.Longs(new Shape(1, 1), -4);
        void Refuses(string why, Operator op, params Feed[] feeds)
            => Assert.Contains(why, Assert.Throws<GraphException>(() => GradientCheck.Evaluate((g, v) => [g.Add(op, v)], feeds)).Message);
        Refuses("index 3, element 1 of 'x1', is outside an axis of extent 3", new GatherElements(), x, line);
        Refuses("index 3, element 1 of 'x1', is outside an axis of extent 3", new ScatterElements(), x, line, u);
        Refuses("index -4, element 0 of 'x1', is outside axis 0 of [3, 2]", new GatherND(), x, tuple);
        Refuses("index -4, element 0 of 'x1', is outside axis 0 of [3, 2]", new ScatterND(), x, tuple, u);
        Refuses("the updates are", new ScatterND(), x, tuple, Feed.Random(6, 2));
        Refuses("tuples of 3", new GatherND(), x, Feed.Longs(new Shape(1, 3), 0, 0, 0));
    }
}
