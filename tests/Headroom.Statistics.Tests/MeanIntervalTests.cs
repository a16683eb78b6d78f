namespace Headroom.Statistics.Tests;

public sealed class MeanIntervalTests
{
    // Eleven values, mean 6, variance 11: t(10) at 0.975 is 2.228138852 (any table).
    private static readonly double[] OneToEleven = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11];

    [Fact]
    public void Students_interval_has_the_t_of_the_tables()
    {
        (double low, double high) = MeanInterval.Student(OneToEleven);
        Assert.Equal(6 - 2.228138852, low, 8);
        Assert.Equal(6 + 2.228138852, high, 8);
    }

    [Fact]
    public void The_normal_interval_has_the_z_of_the_tables()
    {
        (double low, double high) = MeanInterval.Normal(OneToEleven, 0.99);
        Assert.Equal(6 - 2.575829304, low, 8);
        Assert.Equal(6 + 2.575829304, high, 8);
    }
}
