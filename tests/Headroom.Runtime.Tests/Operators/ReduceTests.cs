using Headroom.Graph;
using Headroom.Graph.Operators;

namespace Headroom.Runtime.Tests.Operators;

public sealed class ReduceTests
{
    public static TheoryData<string, long[], long[]> Cases()
    {
        var data = new TheoryData<string, long[], long[]>();
        foreach (string name in (string[])["ReduceSum", "ReduceMean", "ReduceMax"])
        {
            data.Add(name, [3, 5, 7], [0]);
            data.Add(name, [3, 5, 7], [1]);
            data.Add(name, [3, 5, 7], [-1]);
            data.Add(name, [3, 5, 7], [0, 1]);
            data.Add(name, [3, 5, 7], [2, 0]);
            data.Add(name, [3, 5, 7], []);
            data.Add(name, [4, 1], [1]);
            data.Add(name, [], []);
            data.Add(name, [0, 3], [1]);
        }
        data.Add("ReduceSum", [0, 3], [0]);
        return data;
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void Reductions_agree_with_a_plain_loop_and_central_differences(string name, long[] dims, long[] axes)
    {
        foreach (bool keep in (bool[])[true, false])
        {
            Value Function(TypedBuilder g, Value v) => g.Add(Make(name, keep), v, axes.Length == 0 ? Value.None : g.Constant(TensorData.Longs(axes)));
            GradientCheck.Run((g, v) => Function(g, v[0]), Feed.Random(1, dims));
            foreach (ElementType element in (ElementType[])[ElementType.Float64, ElementType.Float32, ElementType.BFloat16])
            {
                Feed x = Feed.Random(new TensorType(element, dims), 2, 0.5, 2);
                Result found = GradientCheck.Evaluate((g, v) => [Function(g, v[0])], x)[0];
                Assert.Equal(keep ? dims.Length : dims.Length - (axes.Length == 0 ? dims.Length : axes.Length), found.Type.Rank);
                Plain.Same(Reference(name, x, axes), found, Plain.Rounding(element) * 2);
            }
        }
    }

    [Theory]
    [InlineData(ElementType.Int32)]
    [InlineData(ElementType.Int64)]
    public void Integers_keep_their_type(ElementType element)
    {
        Feed x = Feed.Of(new TensorType(element, 2, 3), 1, 2, 3, 4, 5, 6);
        Result sum = GradientCheck.Evaluate((g, v) => [g.Add(new ReduceSum(), v[0], g.Constant(TensorData.Longs(0)))], x)[0];
        Assert.Equal(element, sum.Type.Element);
        Assert.Equal([5, 7, 9], sum.Values);
        Assert.Equal([3, 6], GradientCheck.Evaluate((g, v) => [g.Add(new ReduceMax(), v[0], g.Constant(TensorData.Longs(1)))], x)[0].Values);
    }

    [Fact]
    public void Several_maxima_share_the_gradient_evenly()
    {
        Result gradient = GradientCheck.Evaluate((g, v) =>
        {
            Value found = Value.None;
            Differentiate.Run(g, g.Add(new ReduceMax { KeepDims = false }, v[0]), [v[0]], (_, d) => found = d);
            return [found];
        }, Feed.Of(new TensorType(ElementType.Float64, 5), 1, 3, 3, 2, 3))[0];
        double third = 1.0 / 3;
        Assert.Equal([0, third, third, 0, third], gradient.Values);
    }

    [Fact]
    public void An_empty_list_of_axes_reduces_nothing_where_it_is_told_to()
    {
        Feed x = Feed.Random(3, 2, 3);
        Value Function(TypedBuilder g, Value v) => g.Add(new ReduceSum { NoopWithEmptyAxes = true }, v, g.Constant(TensorData.Longs()));
        Assert.Equal(x.Values, GradientCheck.Evaluate((g, v) => [Function(g, v[0])], x)[0].Values);
        GradientCheck.Run((g, v) => Function(g, v[0]), x);
    }

    [Fact]
    public void Axes_given_as_an_attribute_do_as_well()
    {
        Feed x = Feed.Random(4, 2, 3);
        GradientCheck.Run((g, v) => g.Add(new ReduceMean { FixedAxes = [-1] }, v[0]), x);
        Assert.Equal([(x.Values[0] + x.Values[1] + x.Values[2]) / 3, (x.Values[3] + x.Values[4] + x.Values[5]) / 3], GradientCheck.Evaluate((g, v) => [g.Add(new ReduceMean { FixedAxes = [-1] }, v[0])], x)[0].Values);
    }

    [Fact]
    public void Windows_are_reduced_where_they_lie()
        => GradientCheck.Run((g, v) => g.Add(new ReduceSum(), g.Add(new Transpose { Permutation = [1, 2, 0] }, v[0]), g.Constant(TensorData.Longs(0, 2))), Feed.Random(5, 3, 4, 5));

    [Fact]
    public void The_sum_of_many_rows_is_the_same_to_the_bit_each_time_and_close_to_the_exact_one()
    {
        Feed x = Feed.Random(new TensorType(ElementType.Float32, 2048, 193), 6);
        Value Function(TypedBuilder g, Value v) => g.Add(new ReduceSum { KeepDims = false }, v, g.Constant(TensorData.Longs(0)));
        double[] first = GradientCheck.Evaluate((g, v) => [Function(g, v[0])], x)[0].Values;
        Assert.Equal(first, GradientCheck.Evaluate((g, v) => [Function(g, v[0])], x)[0].Values);
        for (int c = 0; c < 193; c++)
        {
            double exact = 0;
            for (int r = 0; r < 2048; r++) exact += x.Values[r * 193 + c];
            Assert.Equal(exact, first[c], 1e-3);
        }
    }

    private static double[] Reference(string name, Feed x, long[] axes)
    {
        Shape shape = x.Type.Shape, kept = shape;
        int[] reduced = axes.Length == 0 ? [.. Enumerable.Range(0, shape.Rank)] : [.. axes.Select(a => shape.Axis(a))];
        long count = 1;
        foreach (int axis in reduced)
        {
            count *= shape[axis];
            kept = kept.With(axis, 1);
        }
        var result = new double[(int)kept.Elements];
        if (name == "ReduceMax") Array.Fill(result, double.NegativeInfinity);
        for (int i = 0; i < x.Values.Length; i++)
        {
            long[] at = Plain.Coordinates(shape, i);
            foreach (int axis in reduced) at[axis] = 0;
            ref double cell = ref result[Plain.Index(kept, at)];
            cell = name == "ReduceMax" ? Math.Max(cell, x.Values[i]) : cell + x.Values[i];
        }
        return name == "ReduceMean" ? [.. result.Select(v => v / count)] : result;
    }

    private static ReduceOperator Make(string name, bool keep) => name switch
    {
        "ReduceSum" => new ReduceSum { KeepDims = keep },
        "ReduceMean" => new ReduceMean { KeepDims = keep },
        _ => new ReduceMax { KeepDims = keep },
    };
}
