using Headroom.Graph;
using Headroom.Graph.Operators;

namespace Headroom.Runtime.Tests.Operators;

public sealed class StructureTests
{
    [Fact]
    public void Windows_of_windows_give_what_copies_give()
    {
        // Four windows in a row, read by an operator that takes strides and by one that doesn't.
        Feed x = Feed.Random(1, 4, 6, 5);
        GradientCheck.Function chain = (g, v) =>
        {
            Value turned = g.Add(new Transpose { Permutation = [2, 0, 1] }, v[0]);                                   // [5, 4, 6]
            var parts = g.Add(new Split { Axis = 2 }, "split", [turned, Longs(g, 2, 4)], 2);                          // [5, 4, 2], [5, 4, 4]
            Value cut = g.Add(new Slice(), parts[1], Longs(g, 4), Longs(g, 0), Longs(g, 0), Longs(g, -2));            // rows 4, 2 of 5
            Value step = g.Add(new Slice(), parts[1], Longs(g, 0, 1), Longs(g, 5, 9), Longs(g, 0, -1), Longs(g, 2, 2)); // [3, 4, 2]
            Value raised = g.Add(new Unsqueeze(), step, Longs(g, 1, -1));                                             // [3, 1, 4, 2, 1]
            Value wide = g.Add(new Expand(), raised, Longs(g, 3, 2, 4, 2, 1));
            return [g.Add(new Exp(), wide), g.Add(new Softmax { Axis = 0 }, wide), g.Add(new Neg(), cut), parts[0], g.Add(new Squeeze(), raised)];
        };
        Result[] found = GradientCheck.Evaluate(chain, x);
        var shape = new Shape(4, 6, 5);
        double At(long i, long j, long k) => x.Values[Plain.Index(shape, [j, k, i])]; // of the turned tensor
        for (int i = 0; i < 3; i++)
        {
            for (int e = 0; e < 2; e++)
            {
                for (int j = 0; j < 4; j++)
                {
                    for (int k = 0; k < 2; k++)
                    {
                        double value = At(2 * i, j, 2 + 1 + 2 * k), sum = Enumerable.Range(0, 3).Sum(r => Math.Exp(At(2 * r, j, 3 + 2 * k)));
                        int at = ((i * 2 + e) * 4 + j) * 2 + k;
                        Assert.Equal(Math.Exp(value), found[0].Values[at], 1e-12);
                        Assert.Equal(Math.Exp(value) / sum, found[1].Values[at], 1e-12);
                        if (e == 0) Assert.Equal(value, found[4].Values[(i * 4 + j) * 2 + k]);
                    }
                }
            }
        }
        Assert.Equal(-At(4, 1, 3), found[2].Values[1 * 4 + 1]);
        Assert.Equal(-At(2, 3, 5), found[2].Values[(1 * 4 + 3) * 4 + 3]);
        Assert.Equal(At(3, 2, 1), found[3].Values[(3 * 4 + 2) * 2 + 1]);
        GradientCheck.Run(chain, 1e-6, 1e-6, x);
    }

    [Fact]
    public void A_reshape_of_a_strided_window_is_a_window_where_it_can_be_and_a_copy_where_not()
    {
        Feed x = Feed.Random(2, 3, 4, 10);
        foreach (long[] to in (long[][])[[3, 4, 2, 3], [12, 6], [3, 24], [72], [3, 2, 2, 6], [1, 12, 1, 6, 1], [6, 12]])
        {
            Value Function(TypedBuilder g, Value v)
            {
                Value part = g.Add(new Slice(), v, Longs(g, 2), Longs(g, 8), Longs(g, 2));
                return g.Add(new Exp(), g.Add(new Reshape(), part, Longs(g, to)));
            }
            Result found = GradientCheck.Evaluate((g, v) => [Function(g, v[0])], x)[0];
            for (int i = 0; i < 72; i++) Assert.Equal(Math.Exp(x.Values[i / 6 * 10 + 2 + i % 6]), found.Values[i], 1e-12);
            GradientCheck.Run((g, v) => Function(g, v[0]), x);
        }
    }

    [Fact]
    public void Reshapes_keep_the_order_of_the_elements_and_their_gradients()
    {
        Feed x = Feed.Random(3, 2, 3, 4);
        foreach (Func<TypedBuilder, Value, Value> f in (Func<TypedBuilder, Value, Value>[])
        [
            (g, v) => g.Add(new Reshape(), v, Longs(g, 0, -1)),
            (g, v) => g.Add(new Flatten { Axis = 2 }, v),
            (g, v) => g.Add(new Flatten { Axis = 0 }, v),
            (g, v) => g.Add(new Flatten { Axis = 3 }, v),
            (g, v) => g.Add(new Unsqueeze(), v, Longs(g, 0, 2)),
            (g, v) => g.Add(new Squeeze(), g.Add(new Unsqueeze(), v, Longs(g, 0, 2)), Longs(g, -5)),
            (g, v) => g.Add(new Identity(), v),
        ])
        {
            Assert.Equal(x.Values, GradientCheck.Evaluate((g, v) => [f(g, v[0])], x)[0].Values);
            GradientCheck.Run((g, v) => g.Add(new Mul(), f(g, v[0]), f(g, v[0])), x);
        }
        GradientCheck.Run((g, v) => g.Add(new Reshape { AllowZero = true }, v[0], Longs(g, 0, 5)), Feed.Random(3, 2, 0));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(-1)]
    public void Concat_and_split_undo_each_other_on_every_axis(int axis)
    {
        Feed a = Feed.Random(4, 2, 3, 5), b = Feed.Random(5, 2, 3, 5), c = Feed.Random(6, new Shape(2, 3, 5).With(axis, 0).Dims.ToArray());
        long extent = a.Type.Shape[axis];
        GradientCheck.Function both = (g, v) =>
        {
            Value joined = g.Add(new Concat { Axis = axis }, v[0], v[1], v[2]);
            return [joined, .. g.Add(new Split { Axis = axis }, "split", [joined, Longs(g, extent, 1, extent - 1)], 3)];
        };
        Result[] found = GradientCheck.Evaluate(both, a, b, c);
        Assert.Equal(a.Values, found[1].Values);
        Assert.Equal(2 * extent, found[0].Type.Shape[axis]);
        GradientCheck.Run(both, 1e-6, 1e-6, a, b, c);
    }

    [Fact]
    public void A_split_whose_pieces_are_partly_unused_sends_zeros_back_for_them()
    {
        Feed x = Feed.Random(7, 3, 7);
        GradientCheck.Run((g, v) => g.Add(new Exp(), g.Add(new Split { Axis = 1, Parts = 3 }, "split", [v[0]], 3)[1]), x);
        Result[] found = GradientCheck.Evaluate((g, v) => [.. g.Add(new Split { Axis = 1, Parts = 3 }, "split", [v[0]], 3)], x);
        Assert.Equal([3, 3, 1], found.Select(f => f.Type.Shape[1]));
        Assert.Equal([x.Values[6], x.Values[13], x.Values[20]], found[2].Values);
    }

    [Fact]
    public void Slices_follow_numpy_and_their_gradients_central_differences()
    {
        var random = new Random(8);
        for (int trial = 0; trial < 60; trial++)
        {
            int extent = random.Next(1, 8), start = random.Next(-9, 10), end = random.Next(-9, 10), by = random.Next(1, 5) * (trial % 2 == 0 ? 1 : -1);
            Feed x = Feed.Random(8, 2, extent, 3);
            Value Function(TypedBuilder g, Value v) => g.Add(new Slice(), v, Longs(g, start), Longs(g, end), Longs(g, 1), Longs(g, by));
            var rows = new List<int>();
            if (by > 0)
            {
                int to = Math.Clamp(end < 0 ? end + extent : end, 0, extent);
                for (int i = Math.Clamp(start < 0 ? start + extent : start, 0, extent); i < to; i += by) rows.Add(i);
            }
            else
            {
                int to = Math.Clamp(end < 0 ? end + extent : end, -1, extent - 1);
                for (int i = Math.Clamp(start < 0 ? start + extent : start, 0, extent - 1); i > to; i += by) rows.Add(i);
            }
            Result found = GradientCheck.Evaluate((g, v) => [g.Add(new Exp(), Function(g, v[0]))], x)[0];
            double[] expected = [.. Enumerable.Range(0, 2).SelectMany(o => rows.SelectMany(r => Enumerable.Range(0, 3).Select(i => Math.Exp(x.Values[(o * extent + r) * 3 + i]))))];
            Plain.Same(expected, found, 1e-12);
            GradientCheck.Run((g, v) => Function(g, v[0]), x);
        }
    }

    [Fact]
    public void Slices_of_every_width_and_with_the_largest_bounds_work()
    {
        foreach (ElementType element in Enum.GetValues<ElementType>())
        {
            Feed x = Feed.Of(new TensorType(element, 5), 0, 1, 1, 0, 1);
            Result found = GradientCheck.Evaluate((g, v) => [g.Add(new Slice(), v[0], Longs(g, long.MaxValue), Longs(g, long.MinValue), Longs(g, 0), Longs(g, -1))], x)[0];
            Assert.Equal([1, 0, 1, 1, 0], found.Values);
            Assert.Equal([1, 0, 1], GradientCheck.Evaluate((g, v) => [g.Add(new Slice(), v[0], Longs(g, 2), Longs(g, long.MaxValue))], x)[0].Values);
        }
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(-1)]
    public void Gather_takes_slices_on_every_axis_and_counts_from_the_end(int axis)
    {
        Feed x = Feed.Random(9, 4, 3, 5), indices = Feed.Longs(new Shape(2, 3), 2, 0, -1, 1, 2, -3);
        Value Function(TypedBuilder g, Value[] v) => g.Add(new Gather { Axis = axis }, v[0], v[1]);
        Result found = GradientCheck.Evaluate((g, v) => [Function(g, v)], x, indices)[0];
        int at = x.Type.Shape.Axis(axis);
        for (int i = 0; i < found.Values.Length; i++)
        {
            List<long> place = [.. Plain.Coordinates(found.Type.Shape, i)];
            long index = (long)indices.Values[(int)(place[at] * 3 + place[at + 1])];
            place.RemoveAt(at);
            place[at] = index < 0 ? index + x.Type.Shape[at] : index;
            Assert.Equal(x.Values[Plain.Index(x.Type.Shape, place)], found.Values[i]);
        }
        GradientCheck.Run(Function, x, indices);
    }

    [Fact]
    public void Gather_by_a_scalar_or_by_nothing_keeps_its_shape_rule()
    {
        GradientCheck.Run((g, v) => g.Add(new Gather(), v[0], v[1]), Feed.Random(10, 4, 3), Feed.Longs(Shape.Scalar, 2));
        GradientCheck.Run((g, v) => g.Add(new Gather(), v[0], v[1]), Feed.Random(11, 4, 3), Feed.Longs(new Shape(0)));
        GradientCheck.Run((g, v) => g.Add(new Gather { Axis = 1 }, v[0], v[1]), Feed.Random(12, 0, 3), Feed.Longs(new Shape(2), 0, 0));
        Result found = GradientCheck.Evaluate((g, v) => [g.Add(new Gather(), v[0], v[1])], Feed.Random(13, 4, 3), Feed.Of(new TensorType(ElementType.Int32, 2), 3, 0))[0];
        Assert.Equal(new Shape(2, 3), found.Type.Shape);
    }

    [Fact]
    public void An_index_outside_the_table_is_refused_by_name_and_place()
    {
        GraphException e = Assert.Throws<GraphException>(() => GradientCheck.Evaluate((g, v) => [g.Add(new Gather(), v[0], v[1])], Feed.Random(14, 4, 3), Feed.Longs(new Shape(3), 0, 4, 1)));
        Assert.Contains("index 4, element 1 of 'x1', is outside an axis of extent 4", e.Message);
    }

    [Theory]
    [InlineData(ElementType.Float32)]
    [InlineData(ElementType.BFloat16)]
    [InlineData(ElementType.Float16)]
    public void Many_lookups_of_one_row_are_summed_without_losing_small_terms(ElementType element)
    {
        // 3000 times 1 in bf16 would stop at 256 if it were summed in bf16.
        Feed dy = Feed.Of(new TensorType(element, 3000, 2), [.. Enumerable.Repeat(1.0, 6000)]), indices = Feed.Longs(new Shape(3000), [.. Enumerable.Range(0, 3000).Select(i => i % 2 == 0 ? 1L : 3L)]);
        Result found = GradientCheck.Evaluate((g, v) => [g.Add(new GatherGradient { Extents = [5, 2] }, v[0], v[1])], dy, indices)[0];
        Plain.Same([0, 0, 1500, 1500, 0, 0, 1500, 1500, 0, 0], found, Plain.Rounding(element));
    }

    [Fact]
    public void Transposes_and_expansions_have_their_gradients()
    {
        GradientCheck.Run((g, v) => g.Add(new Exp(), g.Add(new Transpose { Permutation = [1, 2, 0] }, v[0])), Feed.Random(15, 2, 3, 4));
        GradientCheck.Run((g, v) => g.Add(new Transpose(), v[0]), Feed.Random(16, 2, 3, 4));
        GradientCheck.Run((g, v) => g.Add(new Expand(), v[0], Longs(g, 3, 2, 1)), Feed.Random(17, 2, 4));
        GradientCheck.Run((g, v) => g.Add(new Softmax(), g.Add(new Expand(), v[0], Longs(g, 3, 1))), Feed.Random(18, 1, 4));
        GradientCheck.Run((g, v) => g.Add(new Expand(), v[0], Longs(g, 0, 4)), Feed.Random(19, 1, 4));
    }

    [Fact]
    public void Every_operator_of_onnx_runs_or_never_needs_to()
    {
        HashSet<Type> kernels = [.. Kernels.KernelRegistry.Kernels.Select(k => k.OperatorType)];
        Type[] operators = [.. typeof(Operator).Assembly.GetTypes().Where(t => !t.IsAbstract && typeof(Operator).IsAssignableFrom(t))];
        string[] lacking = [.. operators.Where(t => !kernels.Contains(t) && t != typeof(Constant) && t != typeof(ShapeOf) && t != typeof(SizeOf)).Select(t => t.Name)];
        Assert.True(lacking.Length == 0, $"no kernel for {string.Join(", ", lacking)}");
    }

    private static Value Longs(TypedBuilder g, params long[] values) => g.Constant(TensorData.Longs(values));
}
