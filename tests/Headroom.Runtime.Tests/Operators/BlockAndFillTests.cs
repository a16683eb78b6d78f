using CsCheck;
using Headroom.Graph;
using Headroom.Graph.Operators;

namespace Headroom.Runtime.Tests.Operators;

public sealed class BlockAndFillTests
{
    [Theory]
    [InlineData(DepthOrder.Dcr)]
    [InlineData(DepthOrder.Crd)]
    public void Depth_goes_to_space_by_its_order(DepthOrder order)
        => Gen.Select(Gen.Int[1, 2], Gen.Int[1, 3], Gen.Int[1, 4], Gen.Int[1, 20], Gen.Int[1, 3]).Sample((n, c, h, w, b) =>
        {
            Feed x = Feed.Random(1, n, c * b * b, h, w);
            Value Function(TypedBuilder g, Value v) => g.Add(new DepthToSpace { BlockSize = b, Order = order }, v);
            Result found = GradientCheck.Evaluate((g, v) => [Function(g, v[0])], x)[0];
            Assert.Equal(new Shape(n, c, h * b, w * b), found.Type.Shape);
            for (int i = 0; i < found.Values.Length; i++)
            {
                long[] at = Plain.Coordinates(found.Type.Shape, i);
                long row = at[2] % b, column = at[3] % b, channel = order == DepthOrder.Dcr ? (row * b + column) * c + at[1] : (at[1] * b + row) * b + column;
                Assert.Equal(x.Values[Plain.Index(x.Type.Shape, [at[0], channel, at[2] / b, at[3] / b])], found.Values[i]);
            }
            if (w < 4) GradientCheck.Run((g, v) => Function(g, v[0]), x);
        }, iter: 30, threads: 1);

    [Fact]
    public void Space_goes_to_depth_and_back()
        => Gen.Select(Gen.Int[1, 2], Gen.Int[1, 3], Gen.Int[1, 4], Gen.Int[1, 4], Gen.Int[1, 3]).Sample((n, c, h, w, b) =>
        {
            Feed x = Feed.Random(2, n, c, h * b, w * b);
            Value Function(TypedBuilder g, Value v) => g.Add(new SpaceToDepth { BlockSize = b }, v);
            Result[] found = GradientCheck.Evaluate((g, v) => [Function(g, v[0]), g.Add(new DepthToSpace { BlockSize = b }, Function(g, v[0]))], x);
            Assert.Equal(new Shape(n, c * b * b, h, w), found[0].Type.Shape);
            Assert.Equal(x.Values, found[1].Values);
            GradientCheck.Run((g, v) => Function(g, v[0]), x);
        }, iter: 30, threads: 1);

    [Fact]
    public void Channels_that_make_no_blocks_are_refused()
    {
        Assert.Contains("6 channels", Assert.Throws<GraphException>(() => GradientCheck.Evaluate((g, v) => [g.Add(new DepthToSpace { BlockSize = 2 }, v[0])], Feed.Random(3, 1, 6, 2, 2))).Message);
        Assert.Contains("blocks of 2 x 2", Assert.Throws<GraphException>(() => GradientCheck.Evaluate((g, v) => [g.Add(new SpaceToDepth { BlockSize = 2 }, v[0])], Feed.Random(3, 1, 1, 3, 2))).Message);
        Assert.Contains("blocksize is 0", Assert.Throws<GraphException>(() => GradientCheck.Evaluate((g, v) => [g.Add(new SpaceToDepth { BlockSize = 0 }, v[0])], Feed.Random(3, 1, 1, 2, 2))).Message);
    }

    [Theory]
    [InlineData(ElementType.Float32, 1, 5, 2)]
    [InlineData(ElementType.Float64, 10, -3.5, -3)]
    [InlineData(ElementType.Float16, 0, 2, 0.25)]
    [InlineData(ElementType.BFloat16, 0, 2, 0.5)]
    [InlineData(ElementType.Int32, 10, 6, -3)]
    [InlineData(ElementType.Int64, 3, 3000, 1)]
    [InlineData(ElementType.Int64, 3, 3, 1)]
    [InlineData(ElementType.Int64, 3, 9, -1)]
    [InlineData(ElementType.Float32, 0, -1, 0.5)]
    [InlineData(ElementType.Float32, 0, 700, 0.5)]
    public void Ranges_count_up_to_a_limit_that_is_left_out(ElementType element, double start, double limit, double delta)
    {
        var expected = new List<double>();
        for (double v = start; delta > 0 ? v < limit : v > limit; v += delta) expected.Add(v);
        Result found = GradientCheck.Evaluate((g, v) =>
        {
            Value Number(double n)
            {
                var bytes = new byte[element.Size()];
                Numbers.Write(element, n, bytes);
                return g.Constant(new TensorData(new TensorType(element), bytes));
            }
            return [g.Add(new NumberRange(), Number(start), Number(limit), Number(delta))];
        })[0];
        Assert.Equal(element, found.Type.Element);
        Assert.Equal(expected, found.Values);
    }

    [Fact]
    public void Ranges_without_an_end_are_refused()
    {
        Assert.Contains("the step is 0", Assert.Throws<GraphException>(() => Counted(0L, 5L, 0L)).Message);
        Assert.Contains("there is no end", Assert.Throws<GraphException>(() => Counted(0f, 5f, 0f)).Message);
        Assert.Contains("there is no end", Assert.Throws<GraphException>(() => Counted(0f, float.PositiveInfinity, 1f)).Message);
        Assert.Throws<GraphException>(() => Counted(long.MinValue, long.MaxValue, 1L));
        Assert.Empty(Counted(long.MaxValue, long.MinValue, 1L).ToLongs());
        Assert.Contains("computed from data", Assert.Throws<GraphException>(() => GradientCheck.Evaluate((g, v) => [g.Add(new NumberRange(), v[0], v[0], v[0])], Feed.Longs(Shape.Scalar, 1))).Message);
    }

    private static TensorData Counted(params object[] numbers)
    {
        var g = new TypedBuilder("counted");
        Value[] v = [.. numbers.Select(n => g.Constant(n is long l ? TensorData.Scalar(l) : TensorData.Scalar((float)n)))];
        return g.Constant(g.Add(new NumberRange(), v))!;
    }

    [Fact]
    public void The_number_of_elements_is_known_before_the_run()
    {
        var g = new TypedBuilder("size");
        Value x = g.Input(new Value("x"), new TensorType(ElementType.Float32, 3, 0, 5)), y = g.Input(new Value("y"), new TensorType(ElementType.Float32, 3, 2, 5)), z = g.Input(new Value("z"), new TensorType(ElementType.Bool));
        Assert.Equal([0, 30, 1], new[] { x, y, z }.Select(v => g.Constant(g.Add(new SizeOf(), v))!.ToLongs()[0]));
        Assert.Equal(new TensorType(ElementType.Int64), g.Type(g.Add(new SizeOf(), y)));
    }

    [Fact]
    public void Constants_of_every_type_and_size_are_filled()
    {
        foreach (ElementType element in Enum.GetValues<ElementType>())
        {
            foreach (long rows in new long[] { 0, 3, 3000 })
            {
                Result found = GradientCheck.Evaluate((g, v) => [g.Add(new ConstantOfShape { Value = TensorData.Fill(element, new Shape(1), 1) }, Longs(g, rows, 2))])[0];
                Assert.Equal(new TensorType(element, rows, 2), found.Type);
                Assert.All(found.Values, v => Assert.Equal(1, v));
            }
            Assert.Equal([1], GradientCheck.Evaluate((g, v) => [g.Add(new ConstantOfShape { Value = TensorData.Fill(element, new Shape(1), 1) }, Longs(g))])[0].Values);
        }
    }

    [Fact]
    public void Triangles_keep_their_side_of_any_diagonal_and_pass_gradients_there_alone()
        => Gen.Select(Gen.Long[1, 3].Array[0, 2], Gen.Long[0, 5], Gen.Long[0, 5], Gen.Long[-7, 7], Gen.Bool, Gen.Bool).Sample((before, rows, columns, k, upper, given) =>
        {
            Feed x = Feed.Random(4, [.. before, rows, columns]);
            Value Function(TypedBuilder g, Value v) => given ? g.Add(new Trilu { Upper = upper }, v, g.Constant(TensorData.Scalar(k))) : g.Add(new Trilu { Upper = upper }, v);
            Result found = GradientCheck.Evaluate((g, v) => [Function(g, v[0])], x)[0];
            for (int i = 0; i < found.Values.Length; i++)
            {
                long[] at = Plain.Coordinates(x.Type.Shape, i);
                long above = at[^1] - at[^2] - (given ? k : 0);
                Assert.Equal((upper ? above >= 0 : above <= 0) ? x.Values[i] : 0, found.Values[i]);
            }
            GradientCheck.Run((g, v) => Function(g, v[0]), x);
        }, iter: 50, threads: 1);

    [Fact]
    public void Every_element_type_passes_through_every_operator_that_only_moves()
    {
        foreach (ElementType element in Enum.GetValues<ElementType>())
        {
            Feed x = Feed.Of(new TensorType(element, 1, 4, 2, 1), 0, 1, 1, 0, 1, 1, 0, 1), i = Feed.Longs(new Shape(2), 1, 0);
            void Gives(double[] expected, Func<TypedBuilder, Value[], Value> f) => Assert.Equal(expected, GradientCheck.Evaluate((g, v) => [f(g, v)], x, i)[0].Values);
            Gives([0, 1, 1, 0, 1, 0, 1, 1], (g, v) => g.Add(new Transpose { Permutation = [2, 1, 0, 3] }, v[0]));
            Gives(x.Values, (g, v) => g.Add(new Reshape(), v[0], Longs(g, 2, -1)));
            Gives(x.Values, (g, v) => g.Add(new Flatten { Axis = 2 }, v[0]));
            Gives(x.Values, (g, v) => g.Add(new Squeeze(), v[0]));
            Gives(x.Values, (g, v) => g.Add(new Identity(), g.Add(new Unsqueeze(), v[0], Longs(g, -1))));
            Gives([.. x.Values, .. x.Values], (g, v) => g.Add(new Expand(), v[0], Longs(g, 2, 1, 1, 1)));
            Gives([.. x.Values, .. x.Values], (g, v) => g.Add(new Concat { Axis = 0 }, v[0], v[0]));
            Gives([1, 0, 1, 1], (g, v) => g.Add(new Split { Axis = 1 }, "split", [v[0], Longs(g, 1, 2, 1)], 3)[1]);
            Gives([0, 1, 1, 0], (g, v) => g.Add(new Slice(), v[0], Longs(g, 3), Longs(g, -9), Longs(g, 1), Longs(g, -2)));
            Gives([1, 0, 0, 1], (g, v) => g.Add(new Gather { Axis = 1 }, v[0], v[1]));
            Gives([0, 1, 1, 0, 1, 0, 1, 1], (g, v) => g.Add(new Reshape(), g.Add(new DepthToSpace { BlockSize = 2 }, g.Add(new Trilu { Upper = true }, v[0], g.Constant(TensorData.Scalar(-9L)))), Longs(g, 8)));
        }
    }

    [Fact]
    public void Empty_pieces_and_empty_tensors_keep_their_shape_rule()
    {
        Result[] pieces = GradientCheck.Evaluate((g, v) => [.. g.Add(new Split(), "split", [v[0], Longs(g, 0, 0, 0)], 3)], Feed.Random(5, 0, 2));
        Assert.All(pieces, p => Assert.Equal(new Shape(0, 2), p.Type.Shape));
        pieces = GradientCheck.Evaluate((g, v) => [.. g.Add(new Split { Parts = 4 }, "split", [v[0]], 4)], Feed.Random(5, 5));
        Assert.Equal([2, 2, 1, 0], pieces.Select(p => p.Type.Elements));
        Assert.Equal(new Shape(3, 4, 0), GradientCheck.Evaluate((g, v) => [g.Add(new Reshape { AllowZero = true }, v[0], Longs(g, 3, 4, 0))], Feed.Random(5, 0, 3, 4))[0].Type.Shape);
        Assert.Equal(new Shape(0, 2), GradientCheck.Evaluate((g, v) => [g.Add(new Slice(), v[0], Longs(g, 9), Longs(g, 99))], Feed.Random(5, 3, 2))[0].Type.Shape);
        Assert.Equal(new Shape(2, 0), GradientCheck.Evaluate((g, v) => [g.Add(new Transpose(), v[0])], Feed.Random(5, 0, 2))[0].Type.Shape);
        Assert.Equal(new Shape(1, 0, 8, 8), GradientCheck.Evaluate((g, v) => [g.Add(new DepthToSpace { BlockSize = 2 }, v[0])], Feed.Random(5, 1, 0, 4, 4))[0].Type.Shape);
        Assert.Equal(new Shape(0, 6), GradientCheck.Evaluate((g, v) => [g.Add(new Resize { Mode = ResizeMode.Linear }, v[0], Value.None, g.Constant(TensorData.Floats(new Shape(2), 2, 2)))], Feed.Random(5, 0, 3))[0].Type.Shape);
        Assert.Contains("[-1] is no shape", Assert.Throws<GraphException>(() => GradientCheck.Evaluate((g, v) => [g.Add(new Expand(), v[0], Longs(g, -1))], Feed.Random(5, 1))).Message);
    }

    [Fact]
    public void Windows_on_small_constants_are_taken_before_the_run()
    {
        var g = new TypedBuilder("folded");
        Value x = g.Add(new Reshape(), Longs(g, 1, 2, 3, 4, 5, 6), Longs(g, 2, 3));
        long[] Known(Value v) => g.Constant(v)!.ToLongs();
        Assert.Equal([1, 4, 2, 5, 3, 6], Known(g.Add(new Transpose(), x)));
        Assert.Equal([1, 2, 3, 4, 5, 6], Known(g.Add(new Flatten(), x)));
        Assert.Equal([7, 7, 7], Known(g.Add(new Expand(), g.Constant(TensorData.Scalar(7L)), Longs(g, 3))));
        var parts = g.Add(new Split { Axis = 1 }, "split", [x, Longs(g, 1, 2)], 2);
        Assert.Equal([2, 3, 5, 6], Known(parts[1]));
        Assert.Equal([1, 6], Known(g.Add(new GatherND(), x, g.Add(new Reshape(), Longs(g, 0, 0, 1, -1), Longs(g, 2, 2)))));
        Assert.Equal([3, 4], Known(g.Add(new Reshape(), g.Add(new GatherElements { Axis = 1 }, x, g.Add(new Reshape(), Longs(g, 2, 0), Longs(g, 2, 1))), Longs(g, 2))));
        Assert.Equal([1, 9, 3], Known(g.Add(new ScatterND(), Longs(g, 1, 2, 3), g.Add(new Reshape(), Longs(g, 1), Longs(g, 1, 1)), Longs(g, 9))));
    }

    private static Value Longs(TypedBuilder g, params long[] values) => g.Constant(TensorData.Longs(values));
}
