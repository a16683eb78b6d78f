using Headroom.Graph;
using Headroom.Graph.Operators;

namespace Headroom.Runtime.Tests.Operators;

public sealed class LinearTests
{
    public static TheoryData<long[], long[]> Products() => new()
    {
        { [3, 5], [5, 7] },
        { [5], [5, 7] },
        { [3, 5], [5] },
        { [5], [5] },
        { [2, 3, 5], [5, 7] },
        { [2, 3, 5], [2, 5, 4] },
        { [2, 1, 3, 5], [4, 5, 2] },
        { [3, 5], [2, 5, 4] },
        { [4, 2, 1, 3], [1, 2, 3, 2] },
        { [2, 3, 5], [5] },
        { [5], [2, 5, 3] },
        { [1, 1], [1, 1] },
        { [2, 0], [0, 3] },
        { [0, 4], [4, 3] },
        { [2, 0, 4], [4, 3] },
        { [2, 3, 0], [2, 0, 2] },
    };

    [Theory]
    [MemberData(nameof(Products))]
    public void MatMul_agrees_with_a_plain_loop_and_central_differences(long[] a, long[] b)
    {
        GradientCheck.Run((g, v) => g.Add(new MatMul(), v[0], v[1]), Feed.Random(1, a), Feed.Random(2, b));
        foreach (ElementType element in (ElementType[])[ElementType.Float64, ElementType.Float32, ElementType.BFloat16, ElementType.Float16])
        {
            Feed x = Feed.Random(new TensorType(element, a), 3, 0.5, 2), y = Feed.Random(new TensorType(element, b), 4, 0.5, 2);
            Plain.Same(Reference(x, y), GradientCheck.Evaluate((g, v) => [g.Add(new MatMul(), v[0], v[1])], x, y)[0], Plain.Rounding(element));
        }
    }

    [Fact]
    public void MatMul_multiplies_integers()
    {
        Feed x = Feed.Longs(new Shape(2, 3), 1, 2, 3, 4, 5, 6), y = Feed.Longs(new Shape(3, 1), 7, 8, 9);
        Assert.Equal([50, 122], GradientCheck.Evaluate((g, v) => [g.Add(new MatMul(), v[0], v[1])], x, y)[0].Values);
    }

    [Theory]
    [InlineData(new long[] { 0, 2, 1, 3 })]
    [InlineData(new long[] { 1, 0, 2, 3 })]
    [InlineData(new long[] { 3, 1, 0, 2 })]
    [InlineData(new long[] { 0, 1, 3, 2 })]
    public void Operands_that_are_windows_are_multiplied_where_they_lie(long[] permutation)
    {
        // Heads of an attention: [batch, seq, heads, width] turned, times its own transpose, and times a matrix.
        Feed x = Feed.Random(5, 2, 3, 4, 5);
        Shape turned = new([.. permutation.Select(p => x.Type.Shape[(int)p])]);
        Feed w = Feed.Random(6, turned[3], 2);
        GradientCheck.Function function = (g, v) =>
        {
            Value t = g.Add(new Transpose { Permutation = permutation }, v[0]);
            return [g.Add(new MatMul(), t, g.Add(new Transpose { Permutation = [0, 1, 3, 2] }, t)), g.Add(new MatMul(), t, v[1])];
        };
        Result[] found = GradientCheck.Evaluate(function, x, w);
        var copy = new double[x.Values.Length];
        for (int i = 0; i < copy.Length; i++)
        {
            long[] at = Plain.Coordinates(turned, i), from = new long[4];
            for (int k = 0; k < 4; k++) from[permutation[k]] = at[k];
            copy[i] = x.Values[Plain.Index(x.Type.Shape, from)];
        }
        Feed contiguous = Feed.Of(new TensorType(ElementType.Float64, turned), copy);
        Plain.Same(Reference(contiguous, w), found[1], 1e-12);
        GradientCheck.Run(function, 1e-6, 1e-6, x, w);
    }

    public static TheoryData<bool, bool, long[]?> Gemms()
    {
        var data = new TheoryData<bool, bool, long[]?>();
        foreach (bool a in (bool[])[false, true])
            foreach (bool b in (bool[])[false, true])
                foreach (long[]? c in (long[]?[])[null, [7], [3, 7], [3, 1], [1, 7], []]) data.Add(a, b, c);
        return data;
    }

    [Theory]
    [MemberData(nameof(Gemms))]
    public void Gemm_agrees_with_a_plain_loop_and_central_differences(bool transposeA, bool transposeB, long[]? c)
    {
        foreach ((float alpha, float beta) in ((float, float)[])[(1, 1), (0.5f, -2)])
        {
            var op = new Gemm { Alpha = alpha, Beta = beta, TransposeA = transposeA, TransposeB = transposeB };
            Feed A(ElementType e) => Feed.Random(new TensorType(e, transposeA ? [5, 3] : [3, 5]), 7, 0.5, 2);
            Feed B(ElementType e) => Feed.Random(new TensorType(e, transposeB ? [7, 5] : [5, 7]), 8, 0.5, 2);
            Feed[] With(ElementType e) => c is null ? [A(e), B(e)] : [A(e), B(e), Feed.Random(new TensorType(e, c), 9, -1, 0)];
            GradientCheck.Run((g, v) => g.Add(op, v), With(ElementType.Float64));
            foreach (ElementType element in (ElementType[])[ElementType.Float64, ElementType.Float32, ElementType.BFloat16, ElementType.Float16])
            {
                Feed[] feeds = With(element);
                Result found = GradientCheck.Evaluate((g, v) => [g.Add(op, v)], feeds)[0];
                double[] product = new double[21];
                for (int i = 0; i < 3; i++)
                    for (int j = 0; j < 7; j++)
                        for (int k = 0; k < 5; k++)
                            product[i * 7 + j] += alpha * feeds[0].Values[transposeA ? k * 3 + i : i * 5 + k] * feeds[1].Values[transposeB ? j * 5 + k : k * 7 + j];
                Feed whole = new(new TensorType(ElementType.Float64, 3, 7), product);
                double[] expected = c is null ? product : Plain.Map(new Shape(3, 7), (p, q) => p + beta * q, whole, feeds[2]);
                Plain.Same(expected, found, Plain.Rounding(element) * 2);
            }
        }
    }

    [Fact]
    public void Gemm_of_nothing_gives_the_bias()
    {
        Feed a = Feed.Random(10, 2, 0), b = Feed.Random(11, 0, 3), c = Feed.Random(12, 3);
        Assert.Equal([.. c.Values, .. c.Values], GradientCheck.Evaluate((g, v) => [g.Add(new Gemm(), v)], a, b, c)[0].Values);
        GradientCheck.Run((g, v) => g.Add(new Gemm(), v), a, b, c);
        GradientCheck.Run((g, v) => g.Add(new Gemm(), v), Feed.Random(13, 0, 4), Feed.Random(14, 4, 3), c);
    }

    [Theory]
    [InlineData(ElementType.Int32)]
    [InlineData(ElementType.Int64)]
    public void Integers_are_multiplied_as_such(ElementType element)
    {
        Feed Of(int seed, params long[] dims) => Feed.Of(new TensorType(element, dims), [.. Feed.Random(new TensorType(ElementType.Float64, dims), seed, -9, 9).Values.Select(Math.Floor)]);
        Feed a = Of(1, 2, 3, 4), b = Of(2, 4, 5);
        Assert.Equal(Reference(a, b), GradientCheck.Evaluate((g, v) => [g.Add(new MatMul(), v)], a, b)[0].Values);
        Assert.Equal(Reference(a, Of(3, 4)), GradientCheck.Evaluate((g, v) => [g.Add(new MatMul(), v)], a, Of(3, 4))[0].Values);
        Feed left = Of(4, 4, 3), right = Of(5, 5, 4);
        double[] product = new double[15];
        for (int i = 0; i < 15; i++)
            for (int k = 0; k < 4; k++) product[i] += left.Values[k * 3 + i / 5] * right.Values[i % 5 * 4 + k];
        foreach (long[] shape in (long[][])[[], [5], [3, 1], [3, 5], [1, 5]])
            foreach ((float alpha, float beta) in ((float, float)[])[(1, 1), (3, -2), (0.5f, 1.5f)])
            {
                Feed c = Of(6, shape);
                double[] expected = Plain.Map(new Shape(3, 5), (p, q) => Math.Truncate(alpha * p + beta * q), new Feed(new TensorType(element, 3, 5), product), c);
                Assert.Equal(expected, GradientCheck.Evaluate((g, v) => [g.Add(new Gemm { Alpha = alpha, Beta = beta, TransposeA = true, TransposeB = true }, v)], left, right, c)[0].Values);
            }
        Assert.Equal(product, GradientCheck.Evaluate((g, v) => [g.Add(new Gemm { TransposeA = true, TransposeB = true }, v)], left, right)[0].Values);
    }

    private static double[] Reference(Feed a, Feed b)
    {
        Shape x = a.Type.Rank == 1 ? new Shape(1, a.Type.Shape[0]) : a.Type.Shape, y = b.Type.Rank == 1 ? new Shape(b.Type.Shape[0], 1) : b.Type.Shape;
        Shape lead = Shape.Broadcast(new Shape(x.Dims[..^2]), new Shape(y.Dims[..^2])), result = new([.. lead.Dims, x[-2], y[-1]]);
        var values = new double[(int)result.Elements];
        for (int i = 0; i < values.Length; i++)
        {
            long[] at = Plain.Coordinates(result, i);
            for (long k = 0; k < x[-1]; k++)
            {
                long[] p = [.. At(x, at), at[^2], k], q = [.. At(y, at), k, at[^1]];
                values[i] += a.Values[Plain.Index(x, p)] * b.Values[Plain.Index(y, q)];
            }
        }
        return values;

        long[] At(Shape s, long[] at) => [.. Enumerable.Range(0, s.Rank - 2).Select(k => s[k] == 1 ? 0 : at[lead.Rank - (s.Rank - 2) + k])];
    }
}
