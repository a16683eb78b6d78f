namespace Headroom.Statistics.Drift;

/// <summary>How far two samples of numbers lie apart.</summary>
public static class SampleDistances
{
    /// <summary>Wasserstein's first distance: the area between the two empirical distributions, in the samples' unit.</summary>
    /// <param name="a">One sample.</param>
    /// <param name="b">The other.</param>
    public static double Wasserstein(ReadOnlySpan<double> a, ReadOnlySpan<double> b) => Integral(a, b, d => Math.Abs(d));

    /// <summary>Energy distance: the root of twice the area between the squared empirical distributions.</summary>
    /// <param name="a">One sample.</param>
    /// <param name="b">The other.</param>
    /// <remarks>Székely and Rizzo, "Energy statistics", 2013; as scipy defines it.</remarks>
    public static double Energy(ReadOnlySpan<double> a, ReadOnlySpan<double> b) => Math.Sqrt(2 * Integral(a, b, d => d * d));

    private static double Integral(ReadOnlySpan<double> a, ReadOnlySpan<double> b, Func<double, double> of)
    {
        (double[] x, double[] y) = (KolmogorovSmirnov.Sorted(a), KolmogorovSmirnov.Sorted(b));
        int i = 0, j = 0;
        double sum = 0, last = 0;
        bool started = false;
        while (i < x.Length || j < y.Length)
        {
            double at = j == y.Length || (i < x.Length && x[i] <= y[j]) ? x[i] : y[j];
            if (started) sum += (at - last) * of(((double)i / x.Length) - ((double)j / y.Length));
            (last, started) = (at, true);
            while (i < x.Length && x[i] <= at) i++;
            while (j < y.Length && y[j] <= at) j++;
        }
        return sum;
    }
}
