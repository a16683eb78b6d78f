using Headroom.Graph.Models;

namespace Headroom.Graph.Tests.Models;

public class NoiseScheduleTests
{
    [Fact] // Ho et al.: x_T keeps 4.04e-5 of the variance after 1000 steps
    public void A_linear_schedule_keeps_the_product_of_what_each_step_keeps()
    {
        NoiseSchedule s = NoiseSchedule.Linear(1000);
        Assert.Equal(1 - 1e-4, s.Kept[0], 1e-15);
        Assert.Equal(4.0358e-5, s.Kept[999], 1e-8);
        double kept = 1;
        for (int t = 0; t < 1000; t++) Assert.Equal(kept *= 1 - (1e-4 + (0.02 - 1e-4) * t / 999), s.Kept[t], 1e-12);
    }

    [Fact] // the product telescopes to the ratio of cosines until the last step's bound takes hold
    public void A_cosine_schedule_is_a_squared_cosine()
    {
        NoiseSchedule s = NoiseSchedule.Cosine(1000);
        double At(double t) => Math.Pow(Math.Cos((t / 1000 + 0.008) / 1.008 * Math.PI / 2), 2);
        for (int t = 0; t < 999; t++) Assert.Equal(At(t + 1) / At(0), s.Kept[t], 1e-9);
        Assert.Equal(s.Kept[998] * 0.001, s.Kept[999], 1e-12);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(7)]
    [InlineData(50)]
    [InlineData(1000)]
    public void Sampling_steps_go_down_from_the_last_to_the_first(int count)
    {
        int[] steps = [.. NoiseSchedule.Cosine(1000).Spaced(count)];
        Assert.Equal(count, steps.Distinct().Count());
        Assert.Equal(steps.OrderDescending(), steps);
        Assert.Equal(999, steps[0]);
        if (count > 1) Assert.Equal(0, steps[^1]);
    }

    [Fact]
    public void What_can_not_be_is_refused()
    {
        Assert.Contains("1 to 10", Assert.Throws<GraphException>(() => NoiseSchedule.Linear(10).Spaced(11)).Message);
        Assert.Throws<GraphException>(() => NoiseSchedule.Cosine(0));
        Assert.Contains("halved", Assert.Throws<GraphException>(() => UNet.Denoiser(new UNetOptions { Height = 28, Width = 28, Multipliers = [1, 2, 2, 2] })).Message);
        Assert.Contains("Patch", Assert.Throws<GraphException>(() => DiT.Denoiser(new DiTOptions { Patch = 5 })).Message);
    }
}
