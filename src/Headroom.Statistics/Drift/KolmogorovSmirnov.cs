using MathNet.Numerics;

namespace Headroom.Statistics.Drift;

/// <summary>The two-sample test of Kolmogorov and Smirnov: whether two samples come from one continuous distribution.</summary>
public static class KolmogorovSmirnov
{
    /// <summary>The greatest distance between the two empirical distributions.</summary>
    /// <param name="a">One sample, in any order.</param>
    /// <param name="b">The other.</param>
    public static double Statistic(ReadOnlySpan<double> a, ReadOnlySpan<double> b)
    {
        (double[] x, double[] y) = (Sorted(a), Sorted(b));
        int i = 0, j = 0;
        double most = 0;
        while (i < x.Length && j < y.Length)
        {
            double at = Math.Min(x[i], y[j]);
            while (i < x.Length && x[i] <= at) i++;
            while (j < y.Length && y[j] <= at) j++;
            most = Math.Max(most, Math.Abs(((double)i / x.Length) - ((double)j / y.Length)));
        }
        return most;
    }

    /// <summary>The probability of a distance at least as great where both samples come from one distribution, by counting every order that they can stand in: takes the product of their sizes.</summary>
    /// <param name="statistic">The distance.</param>
    /// <param name="m">Of one sample.</param>
    /// <param name="n">Of the other.</param>
    /// <remarks>Hodges, "The significance probability of the Smirnov two-sample test", Arkiv för Matematik 3 (1958); ties are taken for broken at random.</remarks>
    public static double ExactP(double statistic, int m, int n)
    {
        // Distances are whole multiples of 1 / lcm: rounding must not let a path in that touches the bound.
        double bound = Math.Round(statistic * m * n / Gcd(m, n)), unit = (double)m * n / Gcd(m, n);
        var outside = new double[n + 1];
        // The share of paths to a place that have touched the bound, whichever way they came.
        for (int i = 0; i <= m; i++)
        {
            for (int j = 0; j <= n; j++)
            {
                if (i == 0 && j == 0)
                {
                    outside[0] = bound <= 0 ? 1 : 0;
                    continue;
                }
                if (Math.Round(Math.Abs(((double)i / m) - ((double)j / n)) * unit) >= bound)
                {
                    outside[j] = 1;
                    continue;
                }
                double left = i > 0 ? outside[j] : 0, below = j > 0 ? outside[j - 1] : 0;
                outside[j] = ((i * left) + (j * below)) / (i + j);
            }
        }
        return Math.Clamp(outside[n], 0, 1);
    }

    /// <summary>The same by the distribution of the one-sample distance of as many values as both samples are worth, <c>mn / (m + n)</c> rounded.</summary>
    /// <param name="statistic">The distance.</param>
    /// <param name="m">Of one sample.</param>
    /// <param name="n">Of the other.</param>
    public static double AsymptoticP(double statistic, int m, int n)
    {
        int values = (int)Math.Round((double)m * n / (m + n), MidpointRounding.ToEven);
        return values * statistic * statistic > Far ? Tail(statistic, values) : 1 - OneSampleCdf(statistic, values);
    }

    // Beyond it both one-sided distances are hardly ever as great at once, and what is left of one is too little for a difference from one.
    private const double Far = 4;

    // Twice the one-sided probability: Smirnov's sum, of positive terms alone (Birnbaum and Tingey, 1951).
    private static double Tail(double d, int n)
    {
        if (d >= 1) return 0;
        double sum = 0;
        for (int j = 0; j <= (int)(n * (1 - d)); j++)
        {
            double rest = 1 - d - ((double)j / n);
            if (rest <= 0) continue;
            sum += Math.Exp(SpecialFunctions.BinomialLn(n, j) + ((n - j) * Math.Log(rest)) + ((j - 1) * Math.Log(d + ((double)j / n))));
        }
        return Math.Min(1, 2 * d * sum);
    }

    // Marsaglia, Tsang and Wang, "Evaluating Kolmogorov's distribution", Journal of Statistical Software 8 (2003); beyond what matrices are worth, Kolmogorov's limit.
    private static double OneSampleCdf(double d, int n)
    {
        if (d <= 0) return 0;
        if (d >= 1) return 1;
        if (n > MostExact) return Limit(d * (Math.Sqrt(n) + 0.12 + (0.11 / Math.Sqrt(n))));
        int k = (int)(n * d) + 1, size = (2 * k) - 1;
        double h = k - (n * d);
        var matrix = new double[size, size];
        for (int i = 0; i < size; i++) for (int j = 0; j < size; j++) matrix[i, j] = i - j + 1 < 0 ? 0 : 1;
        for (int i = 0; i < size; i++)
        {
            matrix[i, 0] -= Math.Pow(h, i + 1);
            matrix[size - 1, i] -= Math.Pow(h, size - i);
        }
        matrix[size - 1, 0] += (2 * h) - 1 > 0 ? Math.Pow((2 * h) - 1, size) : 0;
        for (int i = 0; i < size; i++)
            for (int j = 0; j < size; j++)
                for (int g = 1; g <= i - j + 1; g++) matrix[i, j] /= g;
        (double[,] power, int exponent) = Power(matrix, n);
        double s = power[k - 1, k - 1];
        for (int i = 1; i <= n; i++)
        {
            s = s * i / n;
            if (s >= 1e-140) continue;
            s *= 1e140;
            exponent -= 140;
        }
        return Math.Clamp(s * Math.Pow(10, exponent), 0, 1);
    }

    private const int MostExact = 2000;

    private static (double[,] Matrix, int Exponent) Power(double[,] a, int n)
    {
        if (n == 1) return (a, 0);
        (double[,] half, int exponent) = Power(a, n / 2);
        double[,] square = Product(half, half);
        exponent *= 2;
        if (n % 2 == 1) square = Product(a, square);
        int middle = square.GetLength(0) / 2;
        if (square[middle, middle] > 1e140)
        {
            for (int i = 0; i < square.GetLength(0); i++) for (int j = 0; j < square.GetLength(0); j++) square[i, j] *= 1e-140;
            exponent += 140;
        }
        return (square, exponent);
    }

    private static double[,] Product(double[,] a, double[,] b)
    {
        int size = a.GetLength(0);
        var c = new double[size, size];
        for (int i = 0; i < size; i++)
            for (int k = 0; k < size; k++)
            {
                double x = a[i, k];
                if (x == 0) continue;
                for (int j = 0; j < size; j++) c[i, j] += x * b[k, j];
            }
        return c;
    }

    private static double Limit(double x)
    {
        double sum = 0;
        for (int k = 1; k <= 100; k++) sum += (k % 2 == 1 ? 2 : -2) * Math.Exp(-2.0 * k * k * x * x);
        return Math.Clamp(1 - sum, 0, 1);
    }

    private static int Gcd(int a, int b) => b == 0 ? a : Gcd(b, a % b);

    internal static double[] Sorted(ReadOnlySpan<double> values)
    {
        double[] sorted = values.ToArray();
        Array.Sort(sorted);
        return sorted;
    }
}
