using Headroom.Evidence;
using Headroom.Graph.Models;
using Headroom.Graph;
using Headroom.Runtime.Execution;
using Headroom.Runtime.Generation;
using Headroom.Data.Tables;
using Headroom.Training.Schedules;

namespace Headroom.Training.Tests;

public sealed class GenerationTests
{
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
        using CachedDecoder cached = new(session, decoder);
        Assert.Equal([3, 4, 0, 1, 2, 3], cached.Generate([1, 2], 6, new SamplingOptions { Temperature = 0 }));
    }
}
