using CsCheck;
using Headroom.Graph;
using Headroom.Graph.Operators;

namespace Headroom.Runtime.Tests.Operators;

/// <summary>The reductions beside <see cref="ReduceTests"/>, by property: any rank, any axes, any type, strided or not.</summary>
public sealed class ReductionTests
{
    /// <summary>A reduction with the formula that defines it over one result's elements.</summary>
    private static readonly (string Name, Func<bool, ReduceOperator> Make, Func<double[], double> Of)[] All =
    [
        ("ReduceSum", k => new ReduceSum { KeepDims = k }, v => v.Sum()),
        ("ReduceMean", k => new ReduceMean { KeepDims = k }, v => v.Sum() / v.Length),
        ("ReduceMax", k => new ReduceMax { KeepDims = k }, v => v.DefaultIfEmpty(double.NegativeInfinity).Max()),
        ("ReduceMin", k => new ReduceMin { KeepDims = k }, v => v.DefaultIfEmpty(double.PositiveInfinity).Min()),
        ("ReduceProd", k => new ReduceProd { KeepDims = k }, v => v.Aggregate(1.0, (a, b) => a * b)),
        ("ReduceL1", k => new ReduceL1 { KeepDims = k }, v => v.Sum(Math.Abs)),
        ("ReduceL2", k => new ReduceL2 { KeepDims = k }, v => Math.Sqrt(v.Sum(x => x * x))),
        ("ReduceSumSquare", k => new ReduceSumSquare { KeepDims = k }, v => v.Sum(x => x * x)),
        ("ReduceLogSum", k => new ReduceLogSum { KeepDims = k }, v => Math.Log(v.Sum())),
        ("ReduceLogSumExp", k => new ReduceLogSumExp { KeepDims = k }, v => Math.Log(v.Sum(Math.Exp))),
    ];

    private static readonly Gen<(int Reduction, long[] Dims, long[] Axes, bool Keep, int Seed)> Any =
        from reduction in Gen.Int[0, All.Length - 1]
        from dims in Gen.Long[0, 4].Array[0, 4]
        from axes in Gen.Bool.Array[dims.Length]
        from negative in Gen.Bool
        from keep in Gen.Bool
        from seed in Gen.Int[0, 1000]
        select (reduction, dims, Enumerable.Range(0, dims.Length).Where(i => axes[i]).Select(i => negative ? i - dims.Length : (long)i).ToArray(), keep, seed);

    [Fact]
    public void Values_are_the_formula_s_in_every_floating_type() => Any.Sample(c =>
    {
        foreach (ElementType element in (ElementType[])[ElementType.Float64, ElementType.Float32, ElementType.BFloat16, ElementType.Float16])
        {
            Feed x = Feed.Random(new TensorType(element, c.Dims), c.Seed, 0.3, 2);
            Result found = GradientCheck.Evaluate((g, v) => [Node(g, v[0], c.Reduction, c.Axes, c.Keep)], x)[0];
            Plain.Same(Reference(c.Reduction, x, c.Axes), found, Plain.Rounding(element) * 2);
        }
    }, iter: 50);

    [Fact]
    public void Windows_are_reduced_where_they_lie() => Any.Sample(c =>
    {
        Feed x = Feed.Random(new TensorType(ElementType.Float32, c.Dims), c.Seed, 0.3, 2);
        long[] order = [.. Enumerable.Range(0, c.Dims.Length).Select(i => (long)(c.Dims.Length - 1 - i))];
        // The axes of the transposed tensor, named in the given one.
        long[] axes = [.. c.Axes.Select(a => (long)(c.Dims.Length - 1 - new Shape(c.Dims).Axis(a)))];
        Result found = GradientCheck.Evaluate((g, v) => [Node(g, g.Add(new Transpose { Permutation = order }, v[0]), c.Reduction, axes, keep: true)], x)[0];
        double[] expected = Reference(c.Reduction, x, c.Axes);
        Shape kept = new(c.Dims);
        foreach (long a in c.Axes.Length == 0 ? Enumerable.Range(0, c.Dims.Length).Select(i => (long)i) : c.Axes) kept = kept.With(kept.Axis(a), 1);
        for (int i = 0; i < expected.Length; i++)
            Assert.Equal(expected[i], found.Values[Plain.Index(found.Type.Shape, [.. Plain.Coordinates(kept, i).Reverse()])], 1e-5 * Math.Max(1, Math.Abs(expected[i])));
    }, iter: 50);

    [Fact]
    public void Gradients_are_central_differences() => Any.Where(c => c.Dims.All(d => d > 0)).Sample(c =>
        GradientCheck.Run((g, v) => Node(g, v[0], c.Reduction, c.Axes, c.Keep), Apart(c.Dims, c.Seed)), iter: 50);

    [Fact]
    public void Integers_keep_their_type_and_wrap_around()
    {
        foreach (ElementType element in (ElementType[])[ElementType.Int64, ElementType.Int32, ElementType.Int8, ElementType.UInt8])
        {
            Feed x = Feed.Of(new TensorType(element, 2, 3), 1, 2, 4, 3, 4, 5);
            double[] Values(ReduceOperator op)
            {
                Result r = GradientCheck.Evaluate((g, v) => [g.Add(op, v[0], g.Constant(TensorData.Longs(1)))], x)[0];
                Assert.Equal(element, r.Type.Element);
                return r.Values;
            }
            Assert.Equal([7, 12], Values(new ReduceSum()));
            Assert.Equal([2, 4], Values(new ReduceMean()));
            Assert.Equal([4, 5], Values(new ReduceMax()));
            Assert.Equal([1, 3], Values(new ReduceMin()));
            Assert.Equal([8, 60], Values(new ReduceProd()));
            Assert.Equal([7, 12], Values(new ReduceL1()));
            Assert.Equal([4, 7], Values(new ReduceL2()));
            Assert.Equal([21, 50], Values(new ReduceSumSquare()));
            Assert.Equal([1, 2], Values(new ReduceLogSum()));
        }
        Assert.Equal([64], GradientCheck.Evaluate((g, v) => [g.Add(new ReduceProd(), v[0])], Feed.Of(new TensorType(ElementType.UInt8, 2), 20, 16))[0].Values);
        Assert.Equal([-2], GradientCheck.Evaluate((g, v) => [g.Add(new ReduceMean(), v[0])], Feed.Of(new TensorType(ElementType.Int64, 2), -2, -3))[0].Values);
    }

    [Fact]
    public void Nothing_reduces_to_what_the_standard_says()
    {
        double Of(ReduceOperator op, ElementType element) => GradientCheck.Evaluate((g, v) => [g.Add(op, v[0], g.Constant(TensorData.Longs(1)))], Feed.Of(new TensorType(element, 1, 0)))[0].Values[0];
        foreach (ElementType element in (ElementType[])[ElementType.Float32, ElementType.BFloat16, ElementType.Float64])
        {
            foreach (ReduceOperator op in (ReduceOperator[])[new ReduceSum(), new ReduceL1(), new ReduceL2(), new ReduceSumSquare()]) Assert.Equal(0, Of(op, element));
            Assert.Equal(1, Of(new ReduceProd(), element));
            foreach (ReduceOperator op in (ReduceOperator[])[new ReduceMax(), new ReduceLogSum(), new ReduceLogSumExp()]) Assert.Equal(double.NegativeInfinity, Of(op, element));
            Assert.Equal(double.PositiveInfinity, Of(new ReduceMin(), element));
            Assert.True(double.IsNaN(Of(new ReduceMean(), element)));
        }
        foreach ((ElementType element, double least, double greatest) in ((ElementType, double, double)[])[(ElementType.Int32, int.MinValue, int.MaxValue), (ElementType.Int8, -128, 127), (ElementType.UInt8, 0, 255), (ElementType.Bool, 0, 1)])
        {
            Assert.Equal(least, Of(new ReduceMax(), element));
            Assert.Equal(greatest, Of(new ReduceMin(), element));
        }
        Assert.Equal(0, Of(new ReduceMean(), ElementType.Int32));
    }

    [Fact]
    public void Of_bools_the_maximum_is_any_and_the_minimum_all()
    {
        Feed x = Feed.Of(new TensorType(ElementType.Bool, 4, 2), 1, 1, 1, 0, 0, 1, 0, 0);
        Assert.Equal([1, 1, 1, 0], GradientCheck.Evaluate((g, v) => [g.Add(new ReduceMax { FixedAxes = [1] }, v[0])], x)[0].Values);
        Assert.Equal([1, 0, 0, 0], GradientCheck.Evaluate((g, v) => [g.Add(new ReduceMin { FixedAxes = [1] }, v[0])], x)[0].Values);
    }

    [Fact]
    public void Reducing_no_axis_still_computes()
    {
        Feed x = Feed.Of(new TensorType(ElementType.Float64, 3), -2, 0.5, 3);
        double[] Values(ReduceOperator op) => GradientCheck.Evaluate((g, v) => [g.Add(op, v[0])], x)[0].Values;
        Assert.Equal([2, 0.5, 3], Values(new ReduceL1 { NoopWithEmptyAxes = true }));
        Assert.Equal([2, 0.5, 3], Values(new ReduceL2 { NoopWithEmptyAxes = true, KeepDims = false }));
        Assert.Equal([4, 0.25, 9], Values(new ReduceSumSquare { NoopWithEmptyAxes = true }));
        Assert.Equal([double.NaN, Math.Log(0.5), Math.Log(3)], Values(new ReduceLogSum { NoopWithEmptyAxes = true }));
        foreach (ReduceOperator op in (ReduceOperator[])[new ReduceLogSumExp { NoopWithEmptyAxes = true }, new ReduceProd { NoopWithEmptyAxes = true }, new ReduceMin { NoopWithEmptyAxes = true }]) Assert.Equal(x.Values, Values(op));
        foreach (ReduceOperator op in (ReduceOperator[])[new ReduceL1 { NoopWithEmptyAxes = true }, new ReduceSumSquare { NoopWithEmptyAxes = true }, new ReduceLogSumExp { NoopWithEmptyAxes = true }]) GradientCheck.Run((g, v) => g.Add(op, v[0]), x);
    }

    [Fact]
    public void The_log_of_a_sum_of_exponentials_neither_overflows_nor_loses_infinities()
    {
        double Of(params double[] x) => GradientCheck.Evaluate((g, v) => [g.Add(new ReduceLogSumExp(), v[0])], Feed.Of(new TensorType(ElementType.Float32, x.Length), x))[0].Values[0];
        Assert.Equal(1000 + Math.Log(2), Of(1000, 1000), 1e-3);
        Assert.Equal(-1000 + Math.Log(3), Of(-1000, -1000, -1000), 1e-3);
        Assert.Equal(double.NegativeInfinity, Of(double.NegativeInfinity, double.NegativeInfinity));
        Assert.Equal(double.PositiveInfinity, Of(1, double.PositiveInfinity, double.NegativeInfinity, double.PositiveInfinity));
        Assert.Equal(5, Of(double.NegativeInfinity, 5));
        Assert.True(double.IsNaN(Of(1, double.NaN, 2)));
        Assert.True(double.IsNaN(Of(double.NegativeInfinity, double.NaN)));
    }

    [Theory]
    [InlineData(new double[] { 2, 3, -4 }, new double[] { -12, -8, 6 })]
    [InlineData(new double[] { 2, 0, -4 }, new double[] { 0, -8, 0 })]
    [InlineData(new double[] { 0, 0, 5 }, new double[] { 0, 0, 0 })]
    public void The_gradient_of_a_product_is_the_product_of_the_others(double[] x, double[] expected)
        => Assert.Equal(expected, Gradient(new ReduceProd(), x));

    [Fact]
    public void At_zero_the_norms_have_no_slope()
    {
        Assert.Equal([0, 0], Gradient(new ReduceL2(), 0, 0));
        Assert.Equal([1, 0, -1], Gradient(new ReduceL1(), 5, 0, -5));
        double half = 1.0 / 2;
        Assert.Equal([half, 0, half], Gradient(new ReduceMin(), 1, 3, 1));
    }

    [Theory]
    [InlineData(new long[] { 3, 200_000 }, 1)]
    [InlineData(new long[] { 200_000, 7 }, 0)]
    [InlineData(new long[] { 700_001 }, 0)]
    public void Long_reductions_are_cut_into_pieces_and_lose_nothing(long[] dims, long axis)
    {
        Feed x = Feed.Random(new TensorType(ElementType.Float32, dims), 6, 0.5, 1.5);
        for (int i = 5; i < All.Length; i++)
        {
            Result found = GradientCheck.Evaluate((g, v) => [Node(g, v[0], i, [axis], keep: false)], x)[0];
            Plain.Same(Reference(i, x, [axis]), found, 1e-6);
        }
    }

    private static Value Node(TypedBuilder g, Value x, int reduction, long[] axes, bool keep)
        => g.Add(All[reduction].Make(keep), x, axes.Length == 0 ? Value.None : g.Constant(TensorData.Longs(axes)));

    private static double[] Gradient(ReduceOperator op, params double[] x)
        => GradientCheck.Evaluate((g, v) =>
        {
            Value found = Value.None;
            Differentiate.Run(g, g.Add(op, v[0]), [v[0]], (_, d) => found = d);
            return [found];
        }, Feed.Of(new TensorType(ElementType.Float64, x.Length), x))[0].Values;

    // Away from zero, and no two alike, so that no maximum changes hands.
    private static Feed Apart(long[] dims, int seed)
    {
        int n = (int)new Shape(dims).Elements;
        double[] values = [.. Enumerable.Range(0, n).Select(i => 0.3 + 1.5 * (i + 1) / n)];
        new Random(seed).Shuffle(values);
        return Feed.Of(new TensorType(ElementType.Float64, dims), values);
    }

    private static double[] Reference(int reduction, Feed x, long[] axes)
    {
        Shape shape = x.Type.Shape, kept = shape;
        int[] reduced = axes.Length == 0 ? [.. Enumerable.Range(0, shape.Rank)] : [.. axes.Select(a => shape.Axis(a))];
        foreach (int axis in reduced) kept = kept.With(axis, 1);
        List<double>[] groups = [.. Enumerable.Range(0, (int)kept.Elements).Select(_ => new List<double>())];
        for (int i = 0; i < x.Values.Length; i++)
        {
            long[] at = Plain.Coordinates(shape, i);
            foreach (int axis in reduced) at[axis] = 0;
            groups[Plain.Index(kept, at)].Add(x.Values[i]);
        }
        return [.. groups.Select(g => All[reduction].Of([.. g]))];
    }
}
