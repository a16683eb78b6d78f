using CsCheck;
using MathNet.Numerics.Distributions;

namespace Headroom.Statistics.Tests;

public sealed class ProportionTests
{
    [Theory] // Newcombe 1998, table I, method 3
    [InlineData(81, 263, 0.2553, 0.3662)]
    [InlineData(15, 148, 0.0624, 0.1605)]
    [InlineData(0, 20, 0.0000, 0.1611)]
    [InlineData(1, 29, 0.0061, 0.1718)]
    public void Wilson_gives_the_published_intervals(int successes, int trials, double low, double high)
    {
        (double l, double h) = WilsonInterval.Of(successes, trials);
        Assert.Equal(low, l, 4);
        Assert.Equal(high, h, 4);
    }

    [Fact] // the definition: the ends p solve |x/n - p| = z √(p (1 - p) / n)
    public void Wilson_ends_solve_the_score_equation() =>
        Gen.Select(Gen.Int[2, 5000], Gen.Double[0.5, 0.999], Gen.Double[0, 1]).Sample((n, confidence, part) =>
        {
            int x = Math.Clamp((int)(part * n), 1, n - 1);
            double z = Normal.InvCDF(0, 1, 0.5 + (confidence / 2)), p = (double)x / n;
            (double low, double high) = WilsonInterval.Of(x, n, confidence);
            Assert.Equal(z * Math.Sqrt(low * (1 - low) / n), p - low, 10);
            Assert.Equal(z * Math.Sqrt(high * (1 - high) / n), high - p, 10);
        });

    [Fact]
    public void Wilson_mirrors_when_successes_and_failures_change_places() =>
        Gen.Select(Gen.Int[1, 1000], Gen.Double[0, 1]).Sample((n, part) =>
        {
            int x = (int)(part * n);
            (double low, double high) = WilsonInterval.Of(x, n);
            (double low2, double high2) = WilsonInterval.Of(n - x, n);
            return Math.Abs(low - (1 - high2)) < 1e-12 && Math.Abs(high - (1 - low2)) < 1e-12 && low >= 0 && high <= 1;
        });

    [Fact] // the sum over the binomial distribution, not a simulation
    public void Wilson_covers_about_as_often_as_it_says()
    {
        double total = 0;
        int cases = 0;
        foreach (int n in (int[])[20, 100, 500])
        {
            foreach (double p in (double[])[0.1, 0.3, 0.5, 0.85, 0.95])
            {
                double covered = 0;
                for (int x = 0; x <= n; x++)
                {
                    (double low, double high) = WilsonInterval.Of(x, n);
                    if (low <= p && p <= high) covered += Binomial.PMF(p, n, x);
                }
                Assert.InRange(covered, 0.91, 0.99);
                total += covered;
                cases++;
            }
        }
        Assert.InRange(total / cases, 0.945, 0.962);
    }

    [Fact]
    public void Impossible_counts_are_refused()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => WilsonInterval.Of(0, 0));
        Assert.Throws<ArgumentOutOfRangeException>(() => WilsonInterval.Of(5, 4));
        Assert.Throws<ArgumentOutOfRangeException>(() => WilsonInterval.Of(-1, 4));
        Assert.Throws<ArgumentOutOfRangeException>(() => WilsonInterval.Of(1, 4, 1));
    }

    [Theory] // by hand: 2 · P(X ≤ k), X ~ Binomial(n, 1/2), for the mid-p less P(X = k)
    [InlineData(1, 9, false, 22.0 / 1024)]
    [InlineData(9, 1, true, 12.0 / 1024)]
    [InlineData(0, 5, false, 2.0 / 32)]
    [InlineData(5, 5, false, 1.0)]
    [InlineData(5, 5, true, 1.0)]
    [InlineData(0, 0, true, 1.0)]
    public void McNemar_is_the_binomial_test_of_the_rows_that_differ(int first, int second, bool mid, double p) =>
        Assert.Equal(p, PairedProportions.McNemar(first, second, mid), 12);

    [Fact]
    public void The_paired_difference_covers_about_as_often_as_it_says()
    {
        double covered = 0; // 60 rows of which 12 % only the first has right, 6 % only the second
        const int n = 60;
        double[] p = [0.12, 0.06];
        for (int b = 0; b <= n; b++)
        {
            for (int c = 0; c <= n - b; c++)
            {
                (double low, double high) = PairedProportions.Difference(n - b - c, b, c, 0);
                if (low <= 0.06 && 0.06 <= high) covered += Binomial.PMF(p[0], n, b) * Binomial.PMF(p[1] / (1 - p[0]), n - b, c);
            }
        }
        Assert.InRange(covered, 0.93, 0.98);
    }
}
