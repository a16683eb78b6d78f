using Headroom.Graph.Operators;

namespace Headroom.Graph.Tests.Operators;

public sealed class ShapeRuleTests
{
    private readonly TypedBuilder _graph = new("shapes");
    private int _count;

    [Theory]
    [InlineData(new long[] { 3, 1, 5 }, new long[] { 4, 1 }, new long[] { 3, 4, 5 })]
    [InlineData(new long[] { }, new long[] { 0, 2 }, new long[] { 0, 2 })]
    [InlineData(new long[] { 1 }, new long[] { 0 }, new long[] { 0 })]
    public void Binary_operators_broadcast(long[] a, long[] b, long[] expected)
    {
        foreach (Operator op in (Operator[])[new Add(), new Sub(), new Mul(), new Div(), new Pow()]) Assert.Equal(new TensorType(ElementType.Float32, expected), Type(op, In(a), In(b)));
        Assert.Equal(new TensorType(ElementType.Bool, expected), Type(new Equal(), In(a), In(b)));
        Assert.Equal(new TensorType(ElementType.Float32, expected), Type(new Where(), Of(ElementType.Bool, 1), In(a), In(b)));
    }

    [Fact]
    public void Operands_that_do_not_fit_are_refused_with_their_sizes()
    {
        foreach (Operator op in (Operator[])[new Add(), new Sub(), new Mul(), new Div(), new Pow(), new Equal()])
        {
            Refuses("3 meets 4", op, In(2, 3), In(2, 4));
            if (op is not Pow) Refuses("differ in type", op, In(2), Of(ElementType.Float64, 2));
        }
        Refuses("has no arithmetic on bool[2]", new Add(), Of(ElementType.Bool, 2), Of(ElementType.Bool, 2));
        Refuses("fmod = 1", new Mod(), In(2), In(2));
        Refuses("bool is needed", new Where(), In(2), In(2), In(2));
        foreach (Operator op in (Operator[])[new Exp(), new Log(), new Sqrt(), new Erf(), new Sigmoid(), new Tanh(), new Softmax(), new LogSoftmax(), new LpNormalization()])
            Refuses("takes floating numbers, the input is int64[2]", op, Of(ElementType.Int64, 2));
        foreach (Operator op in (Operator[])[new Neg(), new Relu()]) Refuses("takes numbers, the input is bool[2]", op, Of(ElementType.Bool, 2));
        Refuses("a scalar is needed", new Clip(), In(3), In(2));
        Refuses("differ in type", new Clip(), In(3), Value.None, Of(ElementType.Float64));
        Refuses("axis 2 is outside", new Softmax { Axis = 2 }, In(3, 4));
    }

    [Fact]
    public void Reductions_drop_or_keep_their_axes()
    {
        Assert.Equal([3, 1, 1], Dims(new ReduceSum(), In(3, 4, 5), Longs(1, -1)));
        Assert.Equal([3], Dims(new ReduceSum { KeepDims = false }, In(3, 4, 5), Longs(1, -1)));
        Assert.Equal([1, 1], Dims(new ReduceMax(), In(3, 4)));
        Assert.Equal([3, 4], Dims(new ReduceMax { NoopWithEmptyAxes = true }, In(3, 4), Longs()));
        Assert.Equal([3], Dims(new ReduceMean { FixedAxes = [-1], KeepDims = false }, In(3, 4)));
        Refuses("axis 3 is outside", new ReduceSum(), In(3, 4, 5), Longs(3));
        Refuses("axis 1 is reduced twice", new ReduceSum(), In(3, 4), Longs(1, -1));
        Assert.Equal([1, 3], Dims(new ReduceMax(), In(0, 3), Longs(0)));
        Assert.Equal([3, 1], Dims(new ArgMax { Axis = -1 }, In(3, 4)));
        Assert.Equal([4], Dims(new ArgMin { KeepDims = false }, In(3, 4)));
        Refuses("there is no element to point at", new ArgMax(), In(0, 3));
        Refuses("takes numbers, the input is bool[2]", new ReduceProd(), Of(ElementType.Bool, 2));
        Refuses("is computed from data", new ReduceSum(), In(3, 4), Of(ElementType.Int64, 1));
    }

    [Fact]
    public void Products_have_numpy_s_shapes()
    {
        Assert.Equal([2, 4, 3, 2], Dims(new MatMul(), In(2, 1, 3, 5), In(4, 5, 2)));
        Assert.Equal([3], Dims(new MatMul(), In(3, 5), In(5)));
        Assert.Equal([], Dims(new MatMul(), In(5), In(5)));
        Assert.Equal([7, 3], Dims(new Gemm { TransposeA = true, TransposeB = true }, In(5, 7), In(3, 5), In(3)));
        Refuses("inner sizes differ, [3, 5] x [4, 2]: 5 meets 4", new MatMul(), In(3, 5), In(4, 2));
        Refuses("a scalar has no matrix product", new MatMul(), In(), In(4, 2));
        Refuses("2 meets 3", new MatMul(), In(2, 3, 5), In(3, 5, 2));
        Refuses("inner sizes differ", new Gemm { TransposeB = true }, In(3, 5), In(5, 2));
        Refuses("can't be broadcast to [3, 2]", new Gemm(), In(3, 5), In(5, 2), In(4, 3, 2));
        Refuses("has rank 3", new Gemm(), In(1, 3, 5), In(5, 2));
        Refuses("differ in type", new Gemm(), In(3, 5), In(5, 2), Of(ElementType.Float64, 2));
    }

    [Fact]
    public void Reshapes_keep_their_elements()
    {
        Assert.Equal([2, 6], Dims(new Reshape(), In(2, 3, 2), Longs(0, -1)));
        Assert.Equal([0, 3], Dims(new Reshape { AllowZero = true }, In(3, 0), Longs(0, 3)));
        Assert.Equal([6, 2], Dims(new Flatten { Axis = -1 }, In(2, 3, 2)));
        Assert.Equal([1, 12], Dims(new Flatten { Axis = 0 }, In(2, 3, 2)));
        Assert.Equal([12, 1], Dims(new Flatten { Axis = 3 }, In(2, 3, 2)));
        Assert.Equal([3], Dims(new Squeeze(), In(1, 3, 1)));
        Assert.Equal([1, 3], Dims(new Squeeze(), In(1, 3, 1), Longs(-1)));
        Assert.Equal([1, 3, 1], Dims(new Unsqueeze(), In(3), Longs(0, -1)));
        Refuses("has 12 elements", new Reshape(), In(2, 3, 2), Longs(5, -1));
        Refuses("-1 may stand once", new Reshape(), In(2, 3, 2), Longs(-1, -1));
        Refuses("copies axis 3", new Reshape(), In(2, 3, 2), Longs(2, 3, 2, 0));
        Refuses("axis 4 is outside", new Flatten { Axis = 4 }, In(2, 3, 2));
        Refuses("has extent 3; only an extent of 1", new Squeeze(), In(1, 3), Longs(1));
        Refuses("dropped twice", new Squeeze(), In(1, 3), Longs(0, -2));
        Refuses("put in twice", new Unsqueeze(), In(3), Longs(0, -3, 1));
        Refuses("outside the result's rank 2", new Unsqueeze(), In(3), Longs(2));
        Refuses("is no permutation of 3 axes", new Transpose { Permutation = [0, 0, 1] }, In(1, 2, 3));
        Refuses("can't be broadcast", new Expand(), In(2, 3), Longs(2, 4));
    }

    [Fact]
    public void Pieces_add_up()
    {
        Assert.Equal([3, 9], Dims(new Concat { Axis = -1 }, In(3, 4), In(3, 0), In(3, 5)));
        Refuses("differ beside axis 1", new Concat { Axis = 1 }, In(3, 4), In(2, 4));
        Refuses("has rank 1", new Concat { Axis = 0 }, In(3, 4), In(4));
        Refuses("differ in type", new Concat { Axis = 0 }, In(3), Of(ElementType.Int64, 3));
        Refuses("axis 2 is outside", new Concat { Axis = 2 }, In(3, 4));
        Assert.Equal([2, 2, 1], Split(new Split { Parts = 3 }, 3, In(5)));
        Assert.Equal([3, 3], Split(new Split(), 2, In(6)));
        Assert.Equal([1, 4], Split(new Split(), 2, In(5), Longs(1, 4)));
        Assert.Contains("does not divide into 2", Assert.Throws<GraphException>(() => Split(new Split(), 2, In(5))).Message);
        Assert.Contains("sums to 6, axis 0 of [5] has 5", Assert.Throws<GraphException>(() => Split(new Split(), 2, In(5), Longs(2, 4))).Message);
        Assert.Contains("negative", Assert.Throws<GraphException>(() => Split(new Split(), 2, In(5), Longs(-1, 6))).Message);
        Assert.Contains("3 sizes are given", Assert.Throws<GraphException>(() => Split(new Split(), 2, In(5), Longs(1, 1, 3))).Message);
        Assert.Contains("num_outputs is 3", Assert.Throws<GraphException>(() => Split(new Split { Parts = 3 }, 2, In(5))).Message);
    }

    [Fact]
    public void Slices_are_clamped()
    {
        Assert.Equal([2, 3], Dims(new Slice(), In(5, 3), Longs(1), Longs(5), Value.None, Longs(2)));
        Assert.Equal([5, 0], Dims(new Slice(), In(5, 3), Longs(2), Longs(1), Longs(1)));
        Assert.Equal([5, 3], Dims(new Slice(), In(5, 3), Longs(-100, long.MaxValue), Longs(100, long.MinValue), Longs(0, 1), Longs(1, -1)));
        Assert.Equal([1, 3], Dims(new Slice(), In(5, 3), Longs(0), Longs(5), Longs(0), Longs(long.MaxValue)));
        Assert.Equal([1, 3], Dims(new Slice(), In(5, 3), Longs(-1), Longs(long.MinValue), Longs(0), Longs(long.MinValue)));
        Assert.Equal([0], Dims(new Slice(), In(0), Longs(-1), Longs(-5), Longs(0), Longs(-1)));
        Refuses("step on axis 0 is 0", new Slice(), In(5), Longs(0), Longs(1), Longs(0), Longs(0));
        Refuses("sliced twice", new Slice(), In(5, 5), Longs(0, 0), Longs(1, 1), Longs(0, -2));
        Refuses("slices 2 axes", new Slice(), In(5), Longs(0, 0), Longs(1, 1));
        Refuses("1 starts, 2 ends", new Slice(), In(5, 5), Longs(0), Longs(1, 1));
        Refuses("leave axis 0", new SliceGradient { Extents = [4], Starts = [2], Steps = [1] }, In(3));
    }

    [Fact]
    public void Gather_puts_the_indices_axes_in_place_of_its_own()
    {
        Assert.Equal([2, 6, 7, 4], Dims(new Gather { Axis = 1 }, In(2, 3, 4), Of(ElementType.Int64, 6, 7)));
        Assert.Equal([3, 4], Dims(new Gather(), In(2, 3, 4), Of(ElementType.Int32)));
        Refuses("int64 or int32 is needed", new Gather(), In(2, 3), In(1));
        Refuses("index 2 is outside an axis of extent 2", new Gather(), In(2, 3), Longs(1, 2));
        Refuses("axis 2 is outside", new Gather { Axis = 2 }, In(2, 3), Longs(1));
        Refuses("give [2, 3]", new GatherGradient { Extents = [5, 3] }, In(3, 3), Of(ElementType.Int64, 2));
    }

    [Fact]
    public void Sizes_beyond_63_bits_are_refused_and_not_wrapped()
        => Assert.Throws<GraphException>(() => Type(new Reshape(), In(2, 3), Longs(1L << 40, 1L << 40)));

    [Fact]
    public void Costs_count_each_operand_once_and_a_multiply_add_as_two()
    {
        Value product = _graph.Add(new MatMul(), In(2, 3, 5), In(5, 7));
        Cost cost = new MatMul().Cost(_graph.Signature(_graph.Nodes[^1]));
        Assert.Equal(2.0 * 2 * 3 * 5 * 7, cost.Flops);
        Assert.Equal((30 + 35) * 4, cost.Read);
        Assert.Equal(42 * 4, cost.Written);
        _graph.Add(new Add(), product, In(7));
        cost = new Add().Cost(_graph.Signature(_graph.Nodes[^1]));
        Assert.Equal((42.0, (42 + 7) * 4L, 42 * 4L), (cost.Flops, cost.Read, cost.Written));
        _graph.Add(new Reshape(), product, Longs(-1));
        Assert.Equal(default, new Reshape().Cost(_graph.Signature(_graph.Nodes[^1])));
    }

    private Value In(params long[] dims) => Of(ElementType.Float32, dims);

    private Value Of(ElementType element, params long[] dims) => _graph.Input(new Value($"in{_count++}"), new TensorType(element, dims));

    private Value Longs(params long[] values) => _graph.Constant(TensorData.Longs(values));

    private TensorType Type(Operator op, params Value[] inputs) => _graph.Type(_graph.Add(op, inputs));

    private long[] Dims(Operator op, params Value[] inputs) => Type(op, inputs).Shape.Dims.ToArray();

    private long[] Split(Split op, int outputs, params Value[] inputs) => [.. _graph.Add(op, "split", inputs, outputs).Select(o => _graph.Type(o).Shape[0])];

    private void Refuses(string message, Operator op, params Value[] inputs)
    {
        GraphException e = Assert.Throws<GraphException>(() => _graph.Add(op, inputs));
        Assert.StartsWith("node '", e.Message);
        Assert.Contains(message, e.Message);
    }
}
