using Headroom.Planning.Tables;

namespace Headroom.Planning.Tests.Tables;

public sealed class CheckStatisticsTests
{
    [Fact]
    public void Errors_are_fractions_of_what_was_measured()
    {
        CheckStatistics s = CheckStatistics.Of([new(10, 11), new(20, 18), new(40, 48)]);
        Assert.Equal(3, s.Rows);
        Assert.Equal((0.1 + 0.1 + 0.2) / 3, s.Mape!.Value, 1e-12);
        Assert.Equal(0.1, s.MedianApe!.Value, 1e-12);
        Assert.Equal(0.2 / 3, s.Bias!.Value, 1e-12);
        Assert.Equal(0.18, s.P90Ape!.Value, 1e-12);
        Assert.Equal(1, s.RankCorrelation!.Value, 1e-12);
        Assert.Null(s.WithinInterval);
    }

    [Fact]
    public void Runs_that_failed_for_memory_are_verdicts_not_errors()
    {
        CheckStatistics s = CheckStatistics.Of([
            new(80, 120) { RanOut = true, Capacity = 80 },
            new(80, 77) { RanOut = true, Capacity = 80 },
            new(80, 75) { RanOut = true, Capacity = 80 },
            new(70, 70) { Capacity = 80 },
            new(70, 85) { Capacity = 80 }]);
        Assert.Equal((2, 3, 1, 1), (s.Rows, s.RanOut, s.RanOutSaidToFit, s.RanSaidNotToFit));
    }

    [Fact]
    public void Nothing_measured_gives_nothing() => Assert.Null(CheckStatistics.Of([]).Mape);

    [Theory]
    [InlineData(new double[] { 1, 2, 3, 4 }, new double[] { 10, 20, 30, 25 }, 0.8)]
    [InlineData(new double[] { 1, 2, 2, 3 }, new double[] { 1, 2, 2, 3 }, 1.0)]
    [InlineData(new double[] { 1, 2, 3 }, new double[] { 3, 2, 1 }, -1.0)]
    public void Ranks_correlate_as_Spearman_says(double[] a, double[] b, double expected) => Assert.Equal(expected, RankCorrelation.Of(a, b)!.Value, 1e-12);

    [Fact]
    public void One_case_or_one_value_has_no_order()
    {
        Assert.Null(RankCorrelation.Of([1], [1]));
        Assert.Null(RankCorrelation.Of([1, 1], [1, 2]));
    }
}
