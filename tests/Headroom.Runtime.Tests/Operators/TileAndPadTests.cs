using CsCheck;
using Headroom.Graph;
using Headroom.Graph.Operators;

namespace Headroom.Runtime.Tests.Operators;

public sealed class TileAndPadTests
{
    // The operators are linear: differences are exact over any step, and a long one drowns rounding in large sums.
    private const double Step = 1e-2;

    private static readonly Gen<long[]> Shapes = Gen.Long[1, 4].Array[1, 4];

    /// <summary>A copy by its coordinates; null stands for the fill.</summary>
    private static double[] Copied(Feed x, Shape y, Func<int, long, long?> source, double fill = 0)
    {
        var result = new double[(int)y.Elements];
        for (int i = 0; i < result.Length; i++)
        {
            long?[] from = [.. Plain.Coordinates(y, i).Select((at, axis) => source(axis, at))];
            result[i] = from.Contains(null) ? fill : x.Values[Plain.Index(x.Type.Shape, [.. from.Select(f => f!.Value)])];
        }
        return result;
    }

    [Fact]
    public void Tiles_repeat_every_axis_and_their_gradient_is_the_sum_over_the_repeats()
        => Gen.Select(Shapes, Gen.Long[1, 3].Array[4], Gen.Bool).Sample((dims, repeats, turned) =>
        {
            repeats = repeats[..dims.Length];
            Feed x = Feed.Random(1, dims);
            long[] order = turned ? [.. Enumerable.Range(0, dims.Length).Reverse().Select(i => (long)i)] : [.. Enumerable.Range(0, dims.Length).Select(i => (long)i)];
            Value Function(TypedBuilder g, Value v) => g.Add(new Tile(), g.Add(new Transpose { Permutation = order }, v), Longs(g, repeats));
            Result found = GradientCheck.Evaluate((g, v) => [g.Add(new Exp(), Function(g, v[0]))], x)[0];
            for (int i = 0; i < found.Values.Length; i++)
            {
                long[] at = Plain.Coordinates(found.Type.Shape, i), from = new long[at.Length];
                for (int axis = 0; axis < at.Length; axis++) from[order[axis]] = at[axis] % dims[order[axis]];
                Assert.Equal(Math.Exp(x.Values[Plain.Index(x.Type.Shape, from)]), found.Values[i], 1e-12);
            }
            GradientCheck.Run((g, v) => [Function(g, v[0])], Step, 1e-6, x);
        }, iter: 30, threads: 1);

    [Fact]
    public void Tiles_of_nothing_and_of_scalars_keep_their_shape_rule()
    {
        Assert.Equal(new Shape(0, 6), Evaluate(new Tile(), Feed.Random(2, 2, 3), 0, 2).Type.Shape);
        Assert.Equal(new Shape(4, 0), Evaluate(new Tile(), Feed.Random(2, 2, 0), 2, 2).Type.Shape);
        Assert.Single(Evaluate(new Tile(), Feed.Random(2), []).Values);
        GradientCheck.Run((g, v) => g.Add(new Tile(), v[0], Longs(g, 0, 2)), Feed.Random(2, 2, 3));
        GraphException e = Assert.Throws<GraphException>(() => Evaluate(new Tile(), Feed.Random(2, 2, 3), 2));
        Assert.Contains("1 repeats for an input of rank 2", e.Message);
    }

    [Theory]
    [InlineData(PadMode.Constant)]
    [InlineData(PadMode.Edge)]
    [InlineData(PadMode.Reflect)]
    [InlineData(PadMode.Wrap)]
    public void Padding_follows_its_definition_on_both_sides_of_every_axis(PadMode mode)
        => Gen.Select(Shapes, Gen.Long[-2, 5].Array[4], Gen.Long[-2, 5].Array[4], Gen.Bool).Sample((dims, before, after, turned) =>
        {
            int rank = dims.Length;
            // Something must be left of what is cropped.
            for (int i = 0; i < rank; i++)
                if (dims[i] + Math.Min(before[i], 0) + Math.Min(after[i], 0) < 1) (before[i], after[i]) = (0, 0);
            Feed x = Feed.Random(3, turned ? [.. dims.Reverse()] : dims);
            Value Function(TypedBuilder g, Value v)
                => g.Add(new Pad { Mode = mode }, turned ? g.Add(new Transpose(), v) : v, Longs(g, [.. before[..rank], .. after[..rank]]), g.Constant(TensorData.Fill(ElementType.Float64, Shape.Scalar, 7)));
            Result found = GradientCheck.Evaluate((g, v) => [g.Add(new Neg(), Function(g, v[0]))], x)[0];
            Feed straight = turned ? Feed.Of(new TensorType(ElementType.Float64, dims), Transposed(x)) : x;
            double[] expected = Copied(straight, new Shape([.. dims.Select((d, i) => d + before[i] + after[i])]), (axis, at) =>
            {
                long low = -Math.Min(before[axis], 0), high = dims[axis] + Math.Min(after[axis], 0) - 1, from = at - before[axis];
                if (from >= low && from <= high) return from;
                if (mode == PadMode.Constant) return null;
                if (mode == PadMode.Edge) return from < low ? low : high;
                // One step at a time, so that nothing is shared with the formula under test.
                long here = from < low ? low : high, direction = from < low ? -1 : 1;
                for (long left = Math.Abs(from - here); left > 0; left--)
                {
                    if (mode == PadMode.Wrap) here = here + direction < low ? high : here + direction > high ? low : here + direction;
                    else if (low < high)
                    {
                        if (here + direction < low || here + direction > high) direction = -direction;
                        here += direction;
                    }
                }
                return here;
            }, 7);
            Plain.Same([.. expected.Select(v => -v)], found, 0);
            GradientCheck.Run((g, v) => [Function(g, v[0])], Step, 1e-6, x);
        }, iter: 40, threads: 1);

    private static double[] Transposed(Feed x)
    {
        Shape to = new([.. x.Type.Shape.Dims.ToArray().Reverse()]);
        return [.. Enumerable.Range(0, x.Values.Length).Select(i => x.Values[Plain.Index(x.Type.Shape, [.. Plain.Coordinates(to, i).Reverse()])])];
    }

    [Fact]
    public void The_padding_has_a_gradient_of_its_own()
        => GradientCheck.Run((g, v) => [g.Add(new Pad(), v[0], Longs(g, 1, -1, 2, 3), v[1])], Step, 1e-6, Feed.Random(4, 2, 3), Feed.Random(5));

    [Fact]
    public void Listed_axes_are_padded_and_the_others_kept()
    {
        Feed x = Feed.Random(6, 2, 3, 2);
        Value Function(TypedBuilder g, Value v) => g.Add(new Pad { Mode = PadMode.Reflect }, v, Longs(g, 2, 1, 0, 3), Value.None, Longs(g, -2, 0));
        Result found = GradientCheck.Evaluate((g, v) => [Function(g, v[0])], x)[0];
        Assert.Equal(new Shape(6, 5, 2), found.Type.Shape);
        double At(int i, int j, int k) => x.Values[(i * 3 + j) * 2 + k];
        Assert.Equal(At(1, 2, 1), found.Values[((0 * 5) + 0) * 2 + 1]);
        Assert.Equal(At(0, 1, 0), found.Values[((1 * 5) + 3) * 2]);
        GradientCheck.Run((g, v) => [Function(g, v[0])], Step, 1e-6, x);
    }

    [Fact]
    public void A_row_copied_more_often_than_a_batch_is_summed_in_full()
        => GradientCheck.Run((g, v) => [g.Add(new Pad { Mode = PadMode.Wrap }, v[0], Longs(g, 100, 1, 0, 150, 7, 2))], Step, 1e-6, Feed.Random(7, 2, 1, 3));

    [Fact]
    public void Every_element_type_is_tiled_and_padded()
    {
        foreach (ElementType element in Enum.GetValues<ElementType>())
        {
            Feed x = Feed.Of(new TensorType(element, 3), 0, 1, 1), one = Feed.Of(new TensorType(element), 1);
            Assert.Equal([0, 1, 1, 0, 1, 1], GradientCheck.Evaluate((g, v) => [g.Add(new Tile(), v[0], Longs(g, 2))], x)[0].Values);
            Assert.Equal([0, 0, 0, 1, 1, 0], GradientCheck.Evaluate((g, v) => [g.Add(new Pad(), v[0], Longs(g, 2, 1))], x)[0].Values);
            Assert.Equal([1, 0, 1, 1], GradientCheck.Evaluate((g, v) => [g.Add(new Pad(), v[0], Longs(g, 1, 0), v[1])], x, one)[0].Values);
            Assert.Equal([1, 1], GradientCheck.Evaluate((g, v) => [g.Add(new Pad { Mode = PadMode.Edge }, v[0], Longs(g, -1, 0))], x)[0].Values);
        }
    }

    [Theory]
    [InlineData("takes 3 and 0 elements", -3L, 0L)]
    [InlineData("1 widths for 1 axes", 1L)]
    public void Widths_that_do_not_fit_are_refused(string why, params long[] widths)
        => Assert.Contains(why, Assert.Throws<GraphException>(() => Evaluate(new Pad(), Feed.Random(8, 2), widths)).Message);

    [Fact]
    public void Small_constants_are_tiled_and_padded_before_the_run()
    {
        var g = new TypedBuilder("folded");
        Value x = g.Constant(TensorData.Longs(1, 2));
        Assert.Equal([1, 2, 1, 2, 1, 2], g.Constant(g.Add(new Tile(), x, Longs(g, 3)))!.ToLongs());
        Assert.Equal([9, 1, 2], g.Constant(g.Add(new Pad(), x, Longs(g, 1, 0), g.Constant(TensorData.Scalar(9L))))!.ToLongs());
        Assert.Equal([2, 1, 2], g.Constant(g.Add(new Pad { Mode = PadMode.Reflect }, x, Longs(g, 1, 0)))!.ToLongs());
    }

    private static Result Evaluate(Operator op, Feed x, params long[] list) => GradientCheck.Evaluate((g, v) => [g.Add(op, v[0], Longs(g, list))], x)[0];

    private static Value Longs(TypedBuilder g, params long[] values) => g.Constant(TensorData.Longs(values));
}
