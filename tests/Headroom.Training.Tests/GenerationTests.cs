using Headroom.Evidence;
using Headroom.Graph.Models;
using Headroom.Graph;
using Headroom.Runtime.Execution;
using Headroom.Training.Generation;
using Headroom.Data.Tables;
using Headroom.Training.Schedules;

namespace Headroom.Training.Tests;

public sealed class GenerationTests
{
    private static readonly float[] Logits = [0, MathF.Log(2), MathF.Log(5), float.NaN, float.NegativeInfinity];

    [Fact]
    public void Temperature_zero_and_top_one_take_the_likeliest()
    {
        for (double u = 0; u < 1; u += 0.1)
        {
            Assert.Equal(2, TokenSampler.Draw(Logits, new SamplingOptions { Temperature = 0 }, u));
            Assert.Equal(2, TokenSampler.Draw(Logits, new SamplingOptions { TopK = 1 }, u));
        }
    }

    [Theory]
    [InlineData(0, 0)]
    [InlineData(0.124, 0)]
    [InlineData(0.126, 1)]
    [InlineData(0.374, 1)]
    [InlineData(0.376, 2)]
    [InlineData(0.9999, 2)]
    public void A_draw_is_the_inverse_of_the_softmaxs_sum(double uniform, int token) => Assert.Equal(token, TokenSampler.Draw(Logits, new SamplingOptions(), uniform));

    [Fact]
    public void Temperature_sharpens_by_the_power_it_should()
    {
        // At 1/2 the weights are squared: 1, 4, 25.
        var sharp = new SamplingOptions { Temperature = 0.5 };
        Assert.Equal(1, TokenSampler.Draw(Logits, sharp, 4.9 / 30));
        Assert.Equal(2, TokenSampler.Draw(Logits, sharp, 5.1 / 30));
    }

    [Fact]
    public void Top_k_draws_from_k_only()
    {
        var two = new SamplingOptions { TopK = 2 };
        HashSet<int> drawn = [.. Enumerable.Range(0, 100).Select(i => TokenSampler.Draw(Logits, two, i / 100.0))];
        Assert.Equal([1, 2], drawn.Order());
        Assert.Equal(2, TokenSampler.Draw(Logits, two, 4.99 / 7));
        Assert.Equal(1, TokenSampler.Draw(Logits, two, 5.01 / 7));
    }

    [Fact]
    public void Logits_that_are_not_finite_are_refused() => Assert.Throws<InputException>(() => TokenSampler.Draw([float.NaN, float.NaN], new SamplingOptions(), 0.5));

    [Fact]
    public void A_decoder_learns_a_circle_by_heart_and_writes_on_past_its_window()
    {
        const int length = 8, vocabulary = 5;
        Model decoder = Transformer.Decoder(new TransformerOptions { Vocabulary = vocabulary, Length = length, Width = 16, Layers = 1, Heads = 2, EmbeddingDeviation = 0.1 });
        int[] ids = [.. Enumerable.Range(0, 200).Select(i => i % vocabulary)];
        TensorTable windows = new(new IdField(new Field("tokens", FieldType.Int64, [length + 1]), ids, 1, 190));
        using Session session = new();
        var settings = new TrainingSettings { BatchSize = 16, MaxSteps = 150, Schedule = new ConstantSchedule { Peak = 0.01, WarmUpSteps = 10 }, Seed = 2 };
        TrainingResult result = new Trainer(Objectives.NextToken(decoder, length, vocabulary), settings, TrainingData.All(windows, windows), session).Run();
        Assert.True(result.Document["validation_accuracy"].Value > 0.99, $"{result.Document["validation_accuracy"].Value}");
        using TokenSampler sampler = new(session, decoder);
        Assert.Equal(Enumerable.Range(3, 20).Select(i => i % vocabulary), sampler.Generate([1, 2], 20, new SamplingOptions { Temperature = 0 }));
        int[] drawn = [.. sampler.Generate([1, 2], 20, new SamplingOptions { Seed = 9, Temperature = 2 })];
        Assert.Equal(drawn, sampler.Generate([1, 2], 20, new SamplingOptions { Seed = 9, Temperature = 2 }));
        Assert.Throws<InputException>(() => sampler.Generate([], 1));
        Assert.Throws<InputException>(() => sampler.Generate([vocabulary], 1));
    }
}
