using CsCheck;
using Headroom.Training.Schedules;

namespace Headroom.Training.Tests;

public sealed class ScheduleTests
{
    [Theory]
    [InlineData(1, 0.01)]
    [InlineData(5, 0.05)]
    [InlineData(10, 0.1)]
    [InlineData(11, 0.1)]
    [InlineData(1000, 0.1)]
    public void Constant_rises_in_a_line_then_stays(long step, double rate)
        => Assert.Equal(rate, new ConstantSchedule { Peak = 0.1, WarmUpSteps = 10 }.At(step), 15);

    [Fact]
    public void Cosine_is_the_closed_form()
    {
        var s = new CosineSchedule { Peak = 2, WarmUpSteps = 20, Steps = 120, Final = 0.1 };
        for (long t = 21; t <= 120; t++)
        {
            double expected = 0.2 + (0.5 * 1.8 * (1 + Math.Cos(Math.PI * (t - 21) / 100.0)));
            Assert.Equal(expected, s.At(t), 12);
        }
        Assert.Equal(2, s.At(21), 15);
        Assert.Equal(1.1, s.At(71), 12);
        Assert.Equal(0.2, s.At(121), 12);
        Assert.Equal(0.2, s.At(5000), 12);
    }

    [Fact]
    public void Linear_falls_by_the_same_amount_each_step()
    {
        var s = new LinearSchedule { Peak = 1, Steps = 10 };
        for (long t = 1; t <= 10; t++) Assert.Equal(1 - ((t - 1) / 10.0), s.At(t), 14);
        Assert.Equal(0, s.At(11));
    }

    [Fact]
    public void No_rate_leaves_the_bounds_nor_rises_after_the_warm_up()
    {
        Gen.Select(Gen.Long[1, 500], Gen.Long[0, 100], Gen.Double[0, 1], Gen.Bool).Sample((steps, warm, final, cosine) =>
        {
            warm = Math.Min(warm, steps);
            LearningRateSchedule s = cosine ? new CosineSchedule { Peak = 3, Steps = steps, WarmUpSteps = warm, Final = final } : new LinearSchedule { Peak = 3, Steps = steps, WarmUpSteps = warm, Final = final };
            double last = 0;
            for (long t = 1; t <= steps + 5; t++)
            {
                double rate = s.At(t);
                if (rate is < 0 or > 3.0000001) return false;
                if (t <= warm ? rate < last : t > warm + 1 && rate > last + 1e-12) return false;
                last = rate;
            }
            return true;
        }, seed: "0000KjTdGnr0", iter: 200);
    }

    [Fact]
    public void There_is_no_step_zero() => Assert.Throws<ArgumentOutOfRangeException>(() => new ConstantSchedule().At(0));
}
