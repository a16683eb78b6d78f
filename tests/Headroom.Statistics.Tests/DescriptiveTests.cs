using CsCheck;

namespace Headroom.Statistics.Tests;

public sealed class DescriptiveTests
{
    [Fact]
    public void Mean_and_variance_of_a_small_sample() // by hand: mean 5, squares 32
    {
        double[] x = [2, 4, 4, 4, 5, 5, 7, 9];
        Assert.Equal(5, Descriptive.Mean(x));
        Assert.Equal(32.0 / 7, Descriptive.Variance(x), 14);
        Assert.Equal(Math.Sqrt(32.0 / 7), Descriptive.StandardDeviation(x), 14);
    }

    [Fact] // a plain sum gives 0
    public void Sum_keeps_what_lies_below_the_last_digit() => Assert.Equal(2, Descriptive.Sum([1, 1e100, 1, -1e100]));

    [Fact] // 4, 7, 13, 16 shifted by 10⁹: the textbook formula loses all digits
    public void Variance_does_not_suffer_from_a_large_mean() => Assert.Equal(30, Descriptive.Variance([1e9 + 4, 1e9 + 7, 1e9 + 13, 1e9 + 16]), 9);

    [Fact]
    public void No_values_have_no_mean_and_one_has_no_variance()
    {
        Assert.Throws<ArgumentException>(() => Descriptive.Mean([]));
        Assert.Throws<ArgumentException>(() => Descriptive.Variance([1]));
    }

    [Theory] // R: quantile(c(1, 2, 3, 4, 10), p)
    [InlineData(0, 1)]
    [InlineData(0.1, 1.4)]
    [InlineData(0.5, 3)]
    [InlineData(0.75, 4)]
    [InlineData(0.9, 7.6)]
    [InlineData(1, 10)]
    public void Quantiles_are_those_of_R(double probability, double expected) => Assert.Equal(expected, Quantiles.Of([10, 3, 1, 4, 2], probability), 12);

    [Fact]
    public void Quantiles_rise_with_the_probability_and_stay_within_the_values() =>
        Gen.Select(Gen.Double[-1e6, 1e6].Array[1, 50], Gen.Double[0, 1], Gen.Double[0, 1]).Sample((x, p, q) =>
        {
            double low = Quantiles.Of(x, Math.Min(p, q)), high = Quantiles.Of(x, Math.Max(p, q));
            return low <= high + 1e-9 && low >= x.Min() - 1e-9 && high <= x.Max() + 1e-9;
        });

    [Fact]
    public void A_probability_outside_0_to_1_is_refused()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => Quantiles.Of([1, 2], 1.01));
        Assert.Throws<ArgumentOutOfRangeException>(() => Quantiles.Of([1, 2], double.NaN));
    }
}
