using Headroom.Graph;

namespace Headroom.Runtime.Tests.Operators;

/// <summary>Slow, plain references, and what a type's rounding allows.</summary>
internal static class Plain
{
    /// <summary>The relative error that one or a few roundings of a type may make.</summary>
    public static double Rounding(ElementType element) => element switch
    {
        ElementType.Float64 => 1e-12,
        ElementType.Float32 => 2e-6,
        ElementType.Float16 => 1.1e-3,
        ElementType.BFloat16 => 8e-3,
        _ => 0,
    };

    public static void Same(double[] expected, Result found, double tolerance)
    {
        Assert.Equal(expected.Length, found.Values.Length);
        for (int i = 0; i < expected.Length; i++)
        {
            double e = expected[i], f = found.Values[i];
            if (double.IsNaN(e) && double.IsNaN(f)) continue;
            Assert.True(Math.Abs(e - f) <= tolerance * Math.Max(Math.Abs(e), 0.5) || e == f, $"{found.Type} element {i}: {f}, expected {e}");
        }
    }

    /// <summary>A function of two operands, broadcast to a shape.</summary>
    public static double[] Map(Shape shape, Func<double, double, double> f, Feed a, Feed b)
    {
        var result = new double[(int)shape.Elements];
        for (int i = 0; i < result.Length; i++) result[i] = f(a.Values[Source(a.Type.Shape, shape, i)], b.Values[Source(b.Type.Shape, shape, i)]);
        return result;
    }

    /// <summary>The coordinates of a row-major element.</summary>
    public static long[] Coordinates(Shape shape, long index)
    {
        var at = new long[shape.Rank];
        for (int i = shape.Rank - 1; i >= 0; i--)
        {
            at[i] = index % shape[i];
            index /= shape[i];
        }
        return at;
    }

    public static int Index(Shape shape, IReadOnlyList<long> at)
    {
        long index = 0;
        for (int i = 0; i < shape.Rank; i++) index = index * shape[i] + at[i];
        return (int)index;
    }

    private static int Source(Shape from, Shape to, int index)
    {
        long[] at = Coordinates(to, index);
        return Index(from, [.. Enumerable.Range(0, from.Rank).Select(i => from[i] == 1 ? 0 : at[to.Rank - from.Rank + i])]);
    }

    /// <summary>By its Maclaurin series, which is exact to 1e-15 in the range that the tests use.</summary>
    public static double Erf(double x)
    {
        double sum = 0, term = x;
        for (int n = 0; n < 120; n++)
        {
            sum += term / (2 * n + 1);
            term *= -x * x / (n + 1);
        }
        return 2 / Math.Sqrt(Math.PI) * sum;
    }
}
