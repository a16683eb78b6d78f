using MathNet.Numerics.Random;

namespace Headroom.Statistics.Tests;

public sealed class MedianIntervalTests
{
    [Theory] // 1 - 2^(1 - n)
    [InlineData(0.95, 6)]
    [InlineData(0.9, 5)]
    [InlineData(0.99, 8)]
    public void So_many_values_reach_the_confidence(double confidence, int fewest) => Assert.Equal(fewest, MedianInterval.FewestFor(confidence));

    [Fact]
    public void Too_few_values_give_their_range() => Assert.Equal((1, 9), MedianInterval.Of([4, 9, 1, 5, 3]));

    [Fact] // n = 6: 0.96875 for d = 1, 0.78125 for d = 2; the share is 0.1, so 0.5 / 1.4 of the way inward
    public void Six_values_give_a_little_less_than_their_range()
    {
        (double low, double high) = MedianInterval.Of([6, 5, 4, 3, 2, 1]);
        Assert.Equal(1 + (0.5 / 1.4), low, 12);
        Assert.Equal(6 - (0.5 / 1.4), high, 12);
    }

    [Fact] // n = 10: 0.97852 for d = 2, 0.89063 for d = 3
    public void Ten_values_leave_the_ends_out()
    {
        (double low, double high) = MedianInterval.Of([1, 2, 3, 4, 5, 6, 7, 8, 9, 1000]);
        double share = (0.978515625 - 0.95) / (0.978515625 - 0.890625), inward = 8 * share / (2 + (6 * share));
        Assert.Equal(2 + inward, low, 9);
        Assert.Equal(9 - inward, high, 9);
    }

    [Fact] // of an exponential, far from normal: the true median is ln 2
    public void It_covers_as_often_as_it_says()
    {
        var random = new Xoshiro256StarStar(5, threadSafe: false);
        double[] values = new double[12];
        int covered = 0;
        for (int i = 0; i < 4000; i++)
        {
            for (int k = 0; k < values.Length; k++) values[k] = -Math.Log(1 - random.NextDouble());
            (double low, double high) = MedianInterval.Of(values);
            if (low <= Math.Log(2) && Math.Log(2) <= high) covered++;
        }
        Assert.InRange(covered / 4000.0, 0.935, 0.965);
    }
}
