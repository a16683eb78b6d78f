using Headroom.Graph.Operators;

namespace Headroom.Graph.Tests.Operators;

public sealed class FoldingTests
{
    private readonly TypedBuilder _graph = new("folding");

    [Fact]
    public void The_arithmetic_that_exporters_leave_around_a_reshape_folds_away()
    {
        // x.view(x.shape[0], -1, x.shape[2] // 2), as torch.onnx writes it.
        Value x = _graph.Input(new Value("x"), new TensorType(ElementType.Float32, 4, 3, 10));
        Value shape = _graph.Add(new ShapeOf(), x);
        Value batch = _graph.Add(new Gather(), shape, Scalar(0)), width = _graph.Add(new Gather(), shape, Scalar(-1));
        Value half = _graph.Add(new Div(), width, Scalar(2));
        Value target = _graph.Add(new Concat { Axis = 0 }, Raise(batch), Longs(-1), Raise(half));
        Value y = _graph.Add(new Reshape(), x, target);
        Assert.Equal(new TensorType(ElementType.Float32, 4, 6, 5), _graph.Type(y));
        Assert.Single(_graph.Nodes);
    }

    [Fact]
    public void Shapes_take_a_range_of_axes()
    {
        Value x = _graph.Input(new Value("x"), new TensorType(ElementType.Float32, 4, 3, 10));
        Known([3, 10], new ShapeOf { Start = 1 }, x);
        Known([4, 3], new ShapeOf { End = -1 }, x);
        Known([10], new ShapeOf { Start = -1 }, x);
        Known([], new ShapeOf { Start = 2, End = 1 }, x);
        Known([4, 3, 10], new ShapeOf { Start = -9, End = 9 }, x);
    }

    [Fact]
    public void Integers_fold_exactly()
    {
        Known([5, 7], new Add(), Longs(2, 4), Longs(3));
        Known([long.MaxValue - 1], new Sub(), Longs(long.MaxValue), Longs(1));
        Known([6, 12, 8, 16], new Mul(), _graph.Constant(TensorData.Of<long>(ElementType.Int64, new Shape(2, 1), [3, 4])), Longs(2, 4));
        Known([-2, 0], new Div(), Longs(-5, 7), Longs(2, 0));
        Known([1, 0], new Equal(), Longs(3, 4), Longs(3));
        Known([3, 9], new Where(), _graph.Add(new Equal(), Longs(3, 4), Longs(3)), Longs(3), Longs(8, 9));
        Known([7, 5], new Slice(), Longs(5, 6, 7), Longs(-1), Longs(long.MinValue), Longs(0), Longs(-2));
        Known([1, 2, 3], new Concat { Axis = 0 }, Longs(1), Longs(), Longs(2, 3));
        Known([6, 5], new Gather(), Longs(5, 6, 7), Longs(1, -3));
        Known([4], new Squeeze(), _graph.Add(new Unsqueeze(), Longs(4), Longs(0)));
        Known([1, 2], new Identity(), Longs(1, 2));
    }

    [Fact]
    public void Reductions_of_shapes_fold()
    {
        Known([24], new ReduceProd(), Longs(2, 3, 4));
        Known([9], new ReduceSum { KeepDims = false }, Longs(2, 3, 4), Longs(0));
        Known([4], new ReduceMax(), Longs(2, 4, 3));
        Known([-5], new ReduceMin(), Longs(2, -5, 4));
        Known([1], new ReduceProd(), Longs());
        Known([long.MinValue], new ReduceMax(), Longs());
        Known([long.MaxValue], new ReduceMin(), Longs());
        Known([6, 20], new ReduceProd { KeepDims = false }, _graph.Constant(TensorData.Of<long>(ElementType.Int64, new Shape(2, 2), [2, 3, 4, 5])), Longs(1));
        Known([1, 0, 0, 1], new EyeLike { Element = ElementType.Int64 }, _graph.Input(new Value("square"), new TensorType(ElementType.Float32, 2, 2)));
    }

    [Fact]
    public void Floats_fold_in_their_own_precision()
    {
        Value third = _graph.Add(new Div(), Floats(1), Floats(3));
        Assert.Equal([1f / 3], _graph.Constant(third)!.As<float>().ToArray());
        Known([2, -3], new Cast { To = ElementType.Int64 }, Floats(2.9f, -3.5f));
        Known([1, 0, 1], new Cast { To = ElementType.Bool }, Floats(0.5f, 0, float.NaN));
        Assert.Equal([3f], _graph.Constant(_graph.Add(new Cast { To = ElementType.Float32 }, Longs(3)))!.As<float>().ToArray());
        Assert.Equal([1], _graph.Constant(_graph.Add(new Cast { To = ElementType.Bool }, Longs(300)))!.ToLongs());
        Assert.Equal([1], _graph.Constant(_graph.Add(new Equal(), Floats(0.5f), Floats(0.5f)))!.ToLongs());
    }

    [Fact]
    public void Gather_and_concat_fold_on_inner_axes()
    {
        Value table = _graph.Constant(TensorData.Of<long>(ElementType.Int64, new Shape(2, 3), [1, 2, 3, 4, 5, 6]));
        Known([3, 1, 6, 4], new Gather { Axis = 1 }, table, Longs(2, 0));
        Known([1, 2, 3, 1, 2, 3, 4, 5, 6, 4, 5, 6], new Concat { Axis = 1 }, table, table);
    }

    [Fact]
    public void Comparisons_connectives_and_choices_fold()
    {
        Value three = Longs(1, 3, 5), few = _graph.Add(new Less(), three, Scalar(3)), many = _graph.Add(new Greater(), three, Scalar(3));
        Known([1, 0, 0], new Identity(), few);
        Known([0, 0, 1], new Identity(), many);
        Known([1, 1, 0], new LessOrEqual(), three, Scalar(3));
        Known([0, 1, 1], new GreaterOrEqual(), three, Scalar(3));
        Known([0, 0, 0], new And(), few, many);
        Known([1, 0, 1], new Or(), few, many);
        Known([0, 1, 1], new Xor(), few, _graph.Add(new GreaterOrEqual(), three, Longs(0)));
        Known([0, 0], new Less(), Floats(float.NaN, 1), Floats(1, float.NaN));
        Known([0, 1], new GreaterOrEqual(), _graph.Constant(TensorData.Of<byte>(ElementType.UInt8, new Shape(2), [1, 255])), _graph.Constant(TensorData.Of<byte>(ElementType.UInt8, Shape.Scalar, [2])));
        // torch.onnx writes expand(-1, 4) as Where(Equal(wanted, -1), ones, wanted).
        Value wanted = Longs(-1, 4);
        Known([1, 4], new Where(), _graph.Add(new Equal(), wanted, Longs(-1)), _graph.Add(new ConstantOfShape { Value = TensorData.Longs(1) }, Longs(2)), wanted);
    }

    [Fact]
    public void Extremes_sums_remainders_and_powers_fold()
    {
        Known([3, 5], new Max(), Longs(1, 5), Scalar(3), Longs(2));
        Known([1], new Min(), _graph.Add(new Squeeze(), Longs(4)), Longs(1), Longs(9));
        Known([7], new Max(), Longs(7));
        Known([2, -2, 1, -1], new Mod(), Longs(-7, 7, 7, -7), Longs(3, -3, 3, -3));
        Known([-1, 1, 1, -1, 0], new Mod { Fmod = true }, Longs(-7, 7, 7, -7, 5), Longs(3, -3, 3, -3, 0));
        Known([0, 0], new Mod(), Longs(long.MinValue, 4), Longs(-1, 0));
        Known([8, 0, 1, -1, 1], new Pow(), Longs(2, 2, -1, -1, 7), Longs(3, -1, -2, -3, 0));
        Known([1, 4, 9], new Pow(), Longs(1, 2, 3), Floats(2));
        Known([2], new Cast { To = ElementType.Int64 }, _graph.Add(new Mean(), Floats(1), Floats(2), Floats(4)));
        Assert.Equal([7f], Floating(_graph.Add(new Sum(), Floats(1), Floats(2), Floats(4))));
        Assert.Equal([-1.5f], Floating(_graph.Add(new Mod { Fmod = true }, Floats(-5.5f), Floats(2))));
        Assert.Equal([float.NaN], Floating(_graph.Add(new Max(), Floats(1), Floats(float.NaN))));
        Assert.Equal([2f], Floating(_graph.Add(new CastLike(), Longs(2), Floats(0))));
    }

    [Fact]
    public void A_cast_looks_only_at_the_type_of_what_it_is_like()
    {
        Value fed = _graph.Input(new Value("x"), new TensorType(ElementType.Float16, 3, 1000));
        Assert.Equal(new TensorType(ElementType.Float16, 1), _graph.Constant(_graph.Add(new CastLike(), Longs(3), fed))!.Type);
    }

    [Fact]
    public void Casts_to_integers_end_at_the_range_and_casts_between_them_drop_bits()
    {
        Known([127, -128, 0, -1], new Cast { To = ElementType.Int8 }, Floats(1e9f, float.NegativeInfinity, float.NaN, -1.9f));
        Known([255, 0, 200], new Cast { To = ElementType.UInt8 }, Floats(300, -5, 200.7f));
        Known([int.MaxValue, int.MinValue], new Cast { To = ElementType.Int32 }, Floats(3e9f, -3e9f));
        Known([44, 255, 0], new Cast { To = ElementType.UInt8 }, Longs(300, -1, 256));
        Known([-56], new Cast { To = ElementType.Int8 }, Longs(200));
        Known([1, 0], new Cast { To = ElementType.Bool }, Longs(256, 0));
    }

    [Fact]
    public void Whatever_looks_at_its_input_in_another_way_folds()
    {
        Value table = _graph.Constant(TensorData.Of<long>(ElementType.Int64, new Shape(2, 3), [1, 2, 3, 4, 5, 6]));
        Known([1, 4, 2, 5, 3, 6], new Transpose(), table);
        Known([1, 2, 3, 4, 5, 6], new Flatten { Axis = 0 }, table);
        Known([7, 7, 8, 8], new Expand(), _graph.Constant(TensorData.Of<long>(ElementType.Int64, new Shape(2, 1), [7, 8])), Longs(2, 2));
        Known([9, 9], new Expand(), Scalar(9), Longs(2));
        var parts = _graph.Add(new Split { Axis = 1 }, "split", [table, Longs(1, 2)], 2);
        Known([1, 4], new Identity(), parts[0]);
        Known([2, 3, 5, 6], new Identity(), parts[1]);
        Known([1], new Identity(), _graph.Add(new Slice(), table, Longs(0, 0), Longs(1, 1)));
        Assert.Empty(_graph.Nodes);
    }

    [Fact]
    public void What_is_fed_or_large_is_left_to_the_run()
    {
        Value fed = _graph.Input(new Value("n"), new TensorType(ElementType.Int64, 1));
        Assert.Null(_graph.Constant(_graph.Add(new Add(), fed, Longs(1))));
        Value large = _graph.Constant(TensorData.Fill(ElementType.Float32, new Shape(2048), 1));
        Assert.Null(_graph.Constant(_graph.Add(new Add(), large, large)));
    }

    private void Known(long[] expected, Operator op, params Value[] inputs) => Assert.Equal(expected, _graph.Constant(_graph.Add(op, inputs))?.ToLongs());

    private float[] Floating(Value value) => _graph.Constant(value)!.As<float>().ToArray();

    private Value Longs(params long[] values) => _graph.Constant(TensorData.Longs(values));

    private Value Floats(params float[] values) => _graph.Constant(TensorData.Floats(new Shape(values.Length), values));

    private Value Scalar(long value) => _graph.Constant(TensorData.Scalar(value));

    private Value Raise(Value scalar) => _graph.Add(new Unsqueeze(), scalar, Longs(0));
}
