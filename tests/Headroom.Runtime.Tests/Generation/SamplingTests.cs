using Headroom.Evidence;
using Headroom.Runtime.Generation;

namespace Headroom.Runtime.Tests.Generation;

public sealed class SamplingTests
{
    private static readonly float[] Logits = [0, MathF.Log(2), MathF.Log(5), float.NaN, float.NegativeInfinity];

    [Fact]
    public void Temperature_zero_and_top_one_take_the_likeliest()
    {
        for (double u = 0; u < 1; u += 0.1)
        {
            Assert.Equal(2, Sampling.Draw(Logits, new SamplingOptions { Temperature = 0 }, u));
            Assert.Equal(2, Sampling.Draw(Logits, new SamplingOptions { TopK = 1 }, u));
        }
    }

    [Theory]
    [InlineData(0, 0)]
    [InlineData(0.124, 0)]
    [InlineData(0.126, 1)]
    [InlineData(0.374, 1)]
    [InlineData(0.376, 2)]
    [InlineData(0.9999, 2)]
    public void A_draw_is_the_inverse_of_the_softmaxs_sum(double uniform, int token) => Assert.Equal(token, Sampling.Draw(Logits, new SamplingOptions(), uniform));

    [Fact]
    public void Temperature_sharpens_by_the_power_it_should()
    {
        // At 1/2 the weights are squared: 1, 4, 25.
        var sharp = new SamplingOptions { Temperature = 0.5 };
        Assert.Equal(1, Sampling.Draw(Logits, sharp, 4.9 / 30));
        Assert.Equal(2, Sampling.Draw(Logits, sharp, 5.1 / 30));
    }

    [Fact]
    public void Top_k_draws_from_k_only()
    {
        var two = new SamplingOptions { TopK = 2 };
        Assert.Equal([1, 2], Drawn(Logits, two));
        Assert.Equal(2, Sampling.Draw(Logits, two, 4.99 / 7));
        Assert.Equal(1, Sampling.Draw(Logits, two, 5.01 / 7));
    }

    [Theory] // of 5/8, 2/8 and 1/8
    [InlineData(0.01, new[] { 2 })]
    [InlineData(0.62, new[] { 2 })]
    [InlineData(0.63, new[] { 1, 2 })]
    [InlineData(0.87, new[] { 1, 2 })]
    [InlineData(0.88, new[] { 0, 1, 2 })]
    [InlineData(1, new[] { 0, 1, 2 })]
    public void Top_p_draws_from_the_fewest_that_reach_it(double p, int[] tokens) => Assert.Equal(tokens, Drawn(Logits, new SamplingOptions { TopP = p }));

    [Fact]
    public void Top_p_counts_what_top_k_left()
    {
        // 5/7 and 2/7: the first alone reaches 0.7, which of 5/8 it does not.
        Assert.Equal([2], Drawn(Logits, new SamplingOptions { TopK = 2, TopP = 0.7 }));
        Assert.Equal([1, 2], Drawn(Logits, new SamplingOptions { TopP = 0.7 }));
    }

    [Fact]
    public void Of_equal_tokens_the_lowest_comes_first()
    {
        float[] equal = [1, 3, 3, 3, 2];
        Assert.Equal(1, Sampling.Likeliest(equal));
        Assert.Equal([1, 2], Drawn(equal, new SamplingOptions { TopK = 2 }));
        Assert.Equal([1], Drawn(equal, new SamplingOptions { TopP = 0.2 }));
    }

    [Fact]
    public void Draws_have_the_probabilities_that_the_logits_say()
    {
        var counts = new int[5];
        for (int i = 0; i < 80_000; i++) counts[Sampling.Draw(Logits, new SamplingOptions(), new Evidence.Randomness.Philox(9, 0).UniformDoubleAt((ulong)i))]++;
        // Four standard deviations of a share of 80,000 draws are under 0.007.
        Assert.Equal(0.125, counts[0] / 80_000.0, 0.007);
        Assert.Equal(0.25, counts[1] / 80_000.0, 0.007);
        Assert.Equal(0.625, counts[2] / 80_000.0, 0.007);
    }

    [Fact]
    public void Logits_that_are_not_finite_are_refused() => Assert.Throws<InputException>(() => Sampling.Draw([float.NaN, float.NaN], new SamplingOptions(), 0.5));

    private static IEnumerable<int> Drawn(float[] logits, SamplingOptions options) => new SortedSet<int>(Enumerable.Range(0, 1000).Select(i => Sampling.Draw(logits, options, i / 1000.0)));
}
