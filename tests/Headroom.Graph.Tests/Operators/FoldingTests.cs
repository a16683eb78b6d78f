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
    public void What_is_fed_or_large_is_left_to_the_run()
    {
        Value fed = _graph.Input(new Value("n"), new TensorType(ElementType.Int64, 1));
        Assert.Null(_graph.Constant(_graph.Add(new Add(), fed, Longs(1))));
        Value large = _graph.Constant(TensorData.Fill(ElementType.Float32, new Shape(2048), 1));
        Assert.Null(_graph.Constant(_graph.Add(new Add(), large, large)));
    }

    private void Known(long[] expected, Operator op, params Value[] inputs) => Assert.Equal(expected, _graph.Constant(_graph.Add(op, inputs))?.ToLongs());

    private Value Longs(params long[] values) => _graph.Constant(TensorData.Longs(values));

    private Value Floats(params float[] values) => _graph.Constant(TensorData.Floats(new Shape(values.Length), values));

    private Value Scalar(long value) => _graph.Constant(TensorData.Scalar(value));

    private Value Raise(Value scalar) => _graph.Add(new Unsqueeze(), scalar, Longs(0));
}
