using CsCheck;
using Headroom.Graph;
using Headroom.Graph.Operators;

namespace Headroom.Runtime.Tests.Operators;

/// <summary>Batch normalization in ONNX's training mode, and in the types and ranks that libtorch's kernel doesn't take.</summary>
public sealed class BatchNormTests
{
    private static readonly Gen<ElementType> Floats = Gen.Int[0, 3].Select(i => ((ElementType[])[ElementType.Float64, ElementType.Float32, ElementType.BFloat16, ElementType.Float16])[i]);

    private static readonly Gen<(long[] X, ElementType Input, ElementType Scale, ElementType Statistic)> Cases =
        from batch in Gen.Long[2, 4]
        from channels in Gen.Long[1, 3]
        from extents in Gen.Long[1, 4].Array[0, 3]
        from vector in Gen.Bool
        from input in Floats
        from scale in Floats
        from statistic in Floats
        select (vector && extents.Length == 0 ? (long[])[batch] : [batch, channels, .. extents], input, scale, statistic);

    [Fact]
    public void Fixed_statistics_of_any_type_and_rank() => Cases.Sample(s =>
    {
        Feed[] feeds = Feeds(s.X, s.Input, s.Scale, s.Statistic);
        Result y = GradientCheck.Evaluate((b, v) => [b.Add(new BatchNormalization(), v)], feeds)[0];
        Assert.Equal(feeds[0].Type, y.Type);
        ChannelNormTests.Close(Reference(feeds, i => feeds[3].Values[i], i => feeds[4].Values[i]), y);
    }, iter: 40);

    [Fact]
    public void Training_mode_gives_the_running_statistics_of_the_population() => Cases.Sample(s =>
    {
        foreach ((ElementType scale, ElementType statistic) in ((ElementType, ElementType)[])[(s.Scale, s.Statistic), s.Input == ElementType.Float64 ? (s.Input, s.Input) : (ElementType.Float32, ElementType.Float32)])
        {
            Feed[] feeds = Feeds(s.X, s.Input, scale, statistic);
            Result[] found = GradientCheck.Evaluate((b, v) => [.. b.Add(new BatchNormalization { TrainingMode = true, Momentum = 0.8f }, "norm", v, 3)], feeds);
            double[][] channels = Channels(feeds[0]);
            double Variance(double[] c) => c.Average(v => Math.Pow(v - c.Average(), 2));
            ChannelNormTests.Close(Reference(feeds, i => channels[i].Average(), i => Variance(channels[i])), found[0]);
            ChannelNormTests.Close([.. channels.Select((c, i) => 0.8f * feeds[3].Values[i] + (1 - 0.8f) * c.Average())], found[1]);
            ChannelNormTests.Close([.. channels.Select((c, i) => 0.8f * feeds[4].Values[i] + (1 - 0.8f) * Variance(c))], found[2]);
        }
    }, iter: 40);

    [Theory]
    [InlineData(new long[] { 3, 2, 4 })]
    [InlineData(new long[] { 5 })]
    [InlineData(new long[] { 4, 3 })]
    public void Gradients_in_training_mode_and_with_one_axis(long[] dims)
    {
        long channels = dims.Length == 1 ? 1 : dims[1];
        Feed[] feeds = [Feed.Random(1, dims), Feed.Random(2, channels), Feed.Random(3, channels), Feed.Random(4, channels) with { Differentiate = false }, Feed.Random(new TensorType(ElementType.Float64, channels), 5, 0.5, 2) with { Differentiate = false }];
        GradientCheck.Run((b, v) => b.Add(new BatchNormalization { TrainingMode = true }, "norm", v, 3)[0], feeds);
        GradientCheck.Run((b, v) => b.Add(new BatchNormalization(), v), feeds);
        GradientCheck.Run((b, v) => b.Add(new BatchNormalizationTraining(), "norm", v, 5)[0], feeds);
    }

    [Fact]
    public void Gradients_in_other_types_agree_with_fp64()
    {
        Feed As(Feed f, ElementType e) => new(new TensorType(e, f.Type.Shape), f.Values);
        Feed[] half = Feeds([4, 3, 5], ElementType.Float16, ElementType.Float16, ElementType.Float16);
        foreach (bool frozen in (bool[])[false, true])
        {
            Result[] Run(ElementType e) => GradientCheck.Evaluate((b, v) =>
            {
                System.Collections.Immutable.ImmutableArray<Value> norm = b.Add(new BatchNormalizationTraining { Population = true }, "norm", v, 5);
                return [.. b.Add(new BatchNormalizationGradient { Frozen = frozen }, "g", frozen ? [v[0], v[0], v[1], v[3], v[4]] : [norm[0], v[0], v[1], norm[3], norm[4]], 3)];
            }, [.. half.Select(f => As(f, e))]);
            Result[] expected = Run(ElementType.Float64), found = Run(ElementType.Float16);
            for (int o = 0; o < 3; o++)
                for (int i = 0; i < expected[o].Values.Length; i++) Assert.Equal(expected[o].Values[i], found[o].Values[i], 0.02 * Math.Max(1, Math.Abs(expected[o].Values[i])));
        }
    }

    private static Feed[] Feeds(long[] x, ElementType input, ElementType scale, ElementType statistic)
    {
        long channels = x.Length == 1 ? 1 : x[1];
        return [Feed.Random(new TensorType(input, x), 1), Feed.Random(new TensorType(scale, channels), 2), Feed.Random(new TensorType(scale, channels), 3), Feed.Random(new TensorType(statistic, channels), 4), Feed.Random(new TensorType(statistic, channels), 5, 0.5, 2)];
    }

    private static int Channel(Shape x, int i) => x.Rank == 1 ? 0 : (int)Plain.Coordinates(x, i)[1];

    private static double[][] Channels(Feed x) => [.. Enumerable.Range(0, x.Values.Length).GroupBy(i => Channel(x.Type.Shape, i)).OrderBy(g => g.Key).Select(g => g.Select(i => x.Values[i]).ToArray())];

    private static double[] Reference(Feed[] f, Func<int, double> mean, Func<int, double> variance) => [.. f[0].Values.Select((v, i) =>
    {
        int c = Channel(f[0].Type.Shape, i);
        return (v - mean(c)) / Math.Sqrt(variance(c) + 1e-5f) * f[1].Values[c] + f[2].Values[c];
    })];
}
