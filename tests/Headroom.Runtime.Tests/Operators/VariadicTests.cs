using CsCheck;
using Headroom.Graph;
using Headroom.Graph.Operators;

namespace Headroom.Runtime.Tests.Operators;

public sealed class VariadicTests
{
    private static readonly ElementType[] Floating = [ElementType.Float64, ElementType.Float32, ElementType.BFloat16, ElementType.Float16];
    private static readonly ElementType[] Whole = [ElementType.Int8, ElementType.UInt8, ElementType.Int32, ElementType.Int64];

    public static TheoryData<string> Names() => ["Sum", "Mean", "Max", "Min"];

    [Theory]
    [MemberData(nameof(Names))]
    public void Any_number_of_operands_agrees_with_a_plain_loop_in_every_type(string name)
    {
        foreach (ElementType element in name is "Sum" or "Mean" ? Floating : [.. Floating, .. Whole])
        {
            foreach (long[][] shapes in (long[][][])[[[3, 5]], [[3, 5], [3, 5]], [[7, 37], [37], [7, 1]], [[], [4], []], [[2, 1, 5], [3, 1], [1], [2, 3, 5]], [[0, 3], [3]], [[], []], [[1, 1], [], [1]], [[2100], [1], [2100]]])
            {
                Feed[] feeds = [.. shapes.Select((dims, i) => element.IsFloat() ? Feed.Random(new TensorType(element, dims), 30 + i) : Feed.Random(new TensorType(element, dims), 30 + i, 0, 100))];
                foreach (Feed f in feeds) for (int i = 0; i < f.Values.Length; i++) if (!element.IsFloat()) f.Values[i] = Math.Truncate(f.Values[i]);
                Result found = GradientCheck.Evaluate((g, v) => [g.Add(Make(name), v)], feeds)[0];
                Plain.Same(Formula(name, found.Type.Shape, feeds), found, Plain.Rounding(element));
            }
        }
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void The_gradients_are_those_of_central_differences(string name)
        => Shapes.Broadcast(1, 4).Sample(shapes =>
        {
            // Values a step apart from one another, so that no extremum changes hands within the difference.
            int next = 0;
            Feed[] feeds = [.. shapes.Select((dims, i) => Feed.Of(new TensorType(ElementType.Float64, dims), [.. Feed.Random(40 + i, dims).Values.Select(_ => next++ * 37 % 509 / 125.0 - 2)]))];
            GradientCheck.Run((g, v) => g.Add(Make(name), v), feeds);
        }, iter: 40, threads: 1);

    [Theory]
    [InlineData("Max")]
    [InlineData("Min")]
    public void Operands_that_share_the_extremum_share_the_gradient(string name)
    {
        // libtorch: maximum gives each of two equal operands half, amax each of n an n-th.
        double sign = name == "Max" ? 1 : -1;
        double[][] operands = [[1, 5, 3, 2], [1, 5, 4, 2], [1, 0, 4, 1]], expected = [[1.0 / 3, 0.5, 0, 0.5], [1.0 / 3, 0.5, 0.5, 0.5], [1.0 / 3, 0, 0.5, 0]];
        Feed[] feeds = [.. operands.Select(o => Feed.Of(new TensorType(ElementType.Float32, 4), [.. o.Select(v => sign * v)]))];
        double[][] found = Gradients(name, feeds);
        for (int i = 0; i < 3; i++) Assert.Equal(expected[i].Select(v => (double)(float)v), found[i]);
    }

    [Fact]
    public void A_tie_with_a_broadcast_operand_is_shared_before_the_sum()
        => Assert.Equal([[0.5, 1, 0], [1.5]], Gradients("Max", Feed.Of(new TensorType(ElementType.Float64, 3), 1, 2, 0), Feed.Of(new TensorType(ElementType.Float64), 1)));

    [Theory]
    [InlineData("Max")]
    [InlineData("Min")]
    public void A_nan_is_the_extremum_and_takes_the_gradient(string name)
    {
        Feed a = Feed.Of(new TensorType(ElementType.Float32, 2), double.NaN, 1), b = Feed.Of(new TensorType(ElementType.Float32, 2), 1, double.NaN), c = Feed.Of(new TensorType(ElementType.Float32, 2), 0, 9);
        foreach (Feed[] feeds in (Feed[][])[[a, b], [a, b, c], [c, b, a]])
            Assert.All(GradientCheck.Evaluate((g, v) => [g.Add(Make(name), v)], feeds)[0].Values, v => Assert.True(double.IsNaN(v)));
        Assert.Equal([[1, 0], [0, 1]], Gradients(name, a, b));
    }

    [Fact]
    public void The_largest_integers_are_compared_exactly()
    {
        Value[] Function(TypedBuilder g, Value[] v)
        {
            Value a = g.Constant(TensorData.Longs([.. Enumerable.Repeat(long.MaxValue, 1100)])), b = g.Constant(TensorData.Longs(long.MaxValue - 1));
            return [g.Add(new Equal(), g.Add(new Min(), a, b), b), g.Add(new Equal(), g.Add(new Max(), b, a, b), a)];
        }
        Assert.All(GradientCheck.Evaluate(Function), r => Assert.DoesNotContain(0, r.Values));
    }

    [Fact]
    public void Halves_are_summed_in_fp32()
    {
        // 256 + 1 is 256 in bf16; eight ones are not lost in fp32.
        Feed[] feeds = [Feed.Of(new TensorType(ElementType.BFloat16, 3), 256, 256, 256), .. Enumerable.Range(0, 8).Select(_ => Feed.Of(new TensorType(ElementType.BFloat16, 3), 1, 1, 1))];
        Assert.Equal([264, 264, 264], GradientCheck.Evaluate((g, v) => [g.Add(new Sum(), v)], feeds)[0].Values);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Operands_of_any_strides_and_large_ones_are_read_where_they_lie(string name)
    {
        Feed x = Feed.Random(new TensorType(ElementType.Float32, 301, 83), 50), y = Feed.Random(new TensorType(ElementType.Float32, 83, 301), 51), z = Feed.Random(new TensorType(ElementType.Float32, 301), 52);
        foreach (int count in (int[])[2, 3])
        {
            Feed[] feeds = count == 2 ? [x, y] : [x, y, z];
            Result found = GradientCheck.Evaluate((g, v) => [g.Add(Make(name), [g.Add(new Transpose(), v[0]), .. v[1..]])], feeds)[0];
            Feed turned = Feed.Of(y.Type, [.. Enumerable.Range(0, 83 * 301).Select(i => x.Values[i % 301 * 83 + i / 301])]);
            Plain.Same(Formula(name, y.Type.Shape, count == 2 ? [turned, y] : [turned, y, z]), found, 1e-6);
        }
    }

    private static double[][] Gradients(string name, params Feed[] feeds)
    {
        Result[] results = GradientCheck.Evaluate((g, v) =>
        {
            Value loss = g.Add(new ReduceSum { KeepDims = false }, g.Add(Make(name), v));
            var found = new Dictionary<Value, Value>();
            Differentiate.Run(g, loss, v, (by, gradient) => found[by] = gradient);
            return [.. v.Select(x => found[x])];
        }, feeds);
        return [.. results.Select(r => r.Values)];
    }

    private static double[] Formula(string name, Shape shape, Feed[] feeds)
    {
        Feed all = new(new TensorType(ElementType.Float64, shape), Plain.Map(shape, (x, _) => x, feeds[0], feeds[0]));
        foreach (Feed f in feeds.Skip(1))
            all = all with { Values = Plain.Map(shape, (x, y) => name switch { "Max" => Math.Max(x, y), "Min" => Math.Min(x, y), _ => x + y }, all, f) };
        return name == "Mean" ? [.. all.Values.Select(v => v / feeds.Length)] : all.Values;
    }

    private static Operator Make(string name) => name switch
    {
        "Sum" => new Sum(),
        "Mean" => new Mean(),
        "Max" => new Max(),
        _ => new Min(),
    };
}
