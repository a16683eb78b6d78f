using Headroom.Evidence.Randomness;
using Headroom.Graph;
using Headroom.Graph.Operators;

namespace Headroom.Runtime.Tests.Operators;

public class DropoutTests
{
    private static Result Drop(Feed x, float ratio, long seed = 1, long position = 0, int stream = 1)
        => GradientCheck.Evaluate((b, v) => [b.Add(new DropoutTraining { Stream = stream }, v[0], v[1], v[2], b.Constant(TensorData.Scalar(ratio)))], x, Feed.Longs(Shape.Scalar, seed), Feed.Longs(Shape.Scalar, position))[0];

    [Theory]
    [InlineData(ElementType.Float32, 0.1f)]
    [InlineData(ElementType.Float32, 0.5f)]
    [InlineData(ElementType.BFloat16, 0.3f)]
    [InlineData(ElementType.Float64, 0.9f)]
    public void Keeps_the_right_share_and_the_mean(ElementType element, float ratio)
    {
        const int n = 100_003;
        Feed ones = Feed.Of(new TensorType(element, n), [.. Enumerable.Repeat(1.0, n)]);
        double[] y = Drop(ones, ratio).Values;
        double kept = y.Count(v => v != 0), expected = n * (1 - ratio);
        Assert.True(Math.Abs(kept - expected) < 5 * Math.Sqrt(expected * ratio), $"{kept} kept, {expected} expected");
        Assert.All(y, v => Assert.True(v == 0 || Math.Abs(v * (1 - ratio) - 1) < 5e-3));
    }

    [Fact]
    public void Element_i_follows_from_word_i_of_the_stream()
    {
        Feed ones = Feed.Of(new TensorType(ElementType.Float32, 1000), [.. Enumerable.Repeat(1.0, 1000)]);
        double[] y = Drop(ones, 0.25f, seed: 5, position: 3, stream: 2).Values;
        var philox = new Philox(5, 1UL << 63 | 3UL << 20 | 2);
        for (int i = 0; i < 1000; i++) Assert.Equal(philox.UInt32At((ulong)i) >= 1u << 30, y[i] != 0);
    }

    [Fact]
    public void Types_share_one_mask()
    {
        double[] Mask(ElementType element) => [.. Drop(Feed.Of(new TensorType(element, 777), [.. Enumerable.Repeat(1.0, 777)]), 0.5f).Values.Select(v => v == 0 ? 0.0 : 1)];
        Assert.Equal(Mask(ElementType.Float32), Mask(ElementType.BFloat16));
        Assert.Equal(Mask(ElementType.Float32), Mask(ElementType.Float64));
    }

    [Fact]
    public void Seed_position_and_stream_each_change_the_mask()
    {
        Feed ones = Feed.Of(new TensorType(ElementType.Float32, 500), [.. Enumerable.Repeat(1.0, 500)]);
        double[] first = Drop(ones, 0.5f).Values;
        Assert.Equal(first, Drop(ones, 0.5f).Values);
        foreach (double[] other in new[] { Drop(ones, 0.5f, seed: 2).Values, Drop(ones, 0.5f, position: 1).Values, Drop(ones, 0.5f, stream: 2).Values })
            Assert.InRange(first.Zip(other, (a, b) => a == b ? 1 : 0).Sum(), 180, 320);
    }

    [Fact]
    public void The_gradient_draws_the_forward_mask_again()
    {
        Feed x = Feed.Random(3, 6, 11);
        GradientCheck.Run((b, v) => b.Add(new DropoutTraining { Stream = 4 }, v[0], v[1], v[2], b.Constant(TensorData.Scalar(0.4f))), x, Feed.Longs(Shape.Scalar, 9), Feed.Longs(Shape.Scalar, 2));
    }

    [Fact]
    public void At_ratio_zero_and_in_inference_nothing_changes()
    {
        Feed x = Feed.Random(3, 6, 11);
        Assert.Equal(x.Values, Drop(x, 0).Values);
        Assert.Equal(x.Values, GradientCheck.Evaluate((b, v) => [b.Add(new Dropout(), v[0], b.Constant(TensorData.Scalar(0.5f)))], x)[0].Values);
    }
}
